package import Naming

/// All jobs that any router of the group knows, combined from the routers' shares. A value without I/O or clocks.
///
/// Routers publish and read back shares (`JobShare`). The state of a job follows from all of its shares and the time of the rows
/// (`advance`).
package struct JobLedger: Sendable {
  /// One job.
  package struct Entry: Sendable {
    package let key: JobKey
    /// A number that distinguishes the job from an earlier one at the same place.
    package let generation: UInt32
    /// The shares of all routers.
    package var shares: [JobShare] = []
    package var state = JobState.active
    package var reason = JobStateReason.rows
    /// The time at which the job entered its state.
    package var since: Int64 = 0
    /// Whether the job has been announced as started.
    package var isAnnounced = false
    /// The time of the rows when the last row of any node arrived.
    package var seen: Int64 = .min
    /// The timestamp of the last row, by its node's clock.
    package var last: Int64 = .min
    /// Whether rows of an LDMS Slurm sampler say that the job has ended on a node.
    package var hasEnds = false
    /// Whether Slurm's messages mention the job.
    package var hasSlurm = false
    package var history: [JobChange] = []
    package var series = JobSeries()
    /// Whether this router's share has changed since it was last published.
    package var isUnpublished = false
    /// The rows by schema, and the time, at the start of the interval over which rates are computed.
    package var rateRows: [UInt64] = []
    package var rateTime: Int64 = 0
  }

  /// The positions of the values that the index interprets: load and memory.
  package struct Meanings: Sendable {
    package var load: Int?
    package var memoryTotal: Int?
    package var memoryAvailable: Int?

    package init(_ names: [String]) {
      load = names.firstIndex { $0.contains("/load1min") }
      memoryTotal = names.firstIndex { $0.contains("/MemTotal") }
      memoryAvailable = names.firstIndex { $0.contains("/MemAvailable") }
    }
  }

  package let rules: JobRules
  /// This router's name; empty for a command that only reads.
  package let instance: String
  package let valueNames: [String]
  package let meanings: Meanings
  /// The jobs by place. The place of a job that is gone is reused.
  private(set) var entries: [Entry?] = []
  private var free: [Int32] = []
  private var places: [JobKey: Int32] = [:]
  private var nextGeneration: UInt32 = 1
  /// The jobs with rows from each node, including ended ones.
  private var jobsOfNode: [Name: [Int32]] = [:]
  /// The owners of job numbers.
  var ownership: JobOwnership
  /// The jobs whose id is a number, by that number.
  private(set) var jobsOfNumber: [UInt64: [Int32]] = [:]
  /// The content of Slurm's messages, including that of jobs that are not shown.
  package var accounts = SlurmAccounts()
  /// The jobs that only Slurm has mentioned; they are not shown.
  package var hidden: Set<JobKey> = []
  /// The time of the rows up to which states are valid.
  package var time: Int64?
  /// The first generation that did not exist yet when the rows' time was last lost.
  private var knownGeneration: UInt32 = 1
  /// Whether a job of an earlier generation has received newer rows since the rows' time was last lost.
  private(set) var hasProgress = false
  /// The jobs whose share has to be published.
  var publications = PublicationQueue()
  private(set) var changes = JobChangeLog()
  /// The places of all jobs, ordered by user and id, as most pages show them.
  private(set) var order: [Int32] = []

  /// How many states of a job are kept.
  package static let historyLimit = 16

  /// An index that knows nothing.
  package init(rules: JobRules, instance: String, valueNames: [String]) {
    self.rules = rules
    self.instance = instance
    self.valueNames = valueNames
    meanings = Meanings(valueNames)
    ownership = JobOwnership(rules: rules.owners)
  }

  /// The number of jobs.
  package var count: Int { places.count }

  /// The number of jobs that have not ended.
  package private(set) var unendedCount = 0

  /// The place of a job that is known.
  package func place(of key: JobKey) -> Int32? { places[key] }

  /// The jobs with this number as their id.
  package func places(ofNumber number: UInt64) -> [Int32] { jobsOfNumber[number] ?? [] }

  /// The number of nodes with a job that has not ended.
  package func nodesInUse() -> Int {
    // Copies of entries would be most of the work.
    jobsOfNode.values.count { $0.contains { (entries[Int($0)]?.state ?? .ended) != .ended } }
  }

  /// The jobs with rows from this node.
  package func places(ofNode node: Name) -> [Int32] { jobsOfNode[node] ?? [] }

  package subscript(place: Int32) -> Entry? { entries[Int(place)] }

  /// Whether a place still has the job that it had.
  package func has(_ place: Int32, generation: UInt32) -> Bool { entries[Int(place)]?.generation == generation }

  /// The place of a job, which may be new.
  package mutating func add(_ key: JobKey) -> Int32 {
    if let place = places[key] { return place }
    let position = position(of: key)
    let entry = Entry(key: key, generation: nextGeneration)
    nextGeneration &+= 1
    let place: Int32
    if let last = free.popLast() {
      place = last
      entries[Int(place)] = entry
    } else {
      place = Int32(entries.count)
      entries.append(entry)
    }
    places[key] = place
    unendedCount += 1
    if let number = key.number { jobsOfNumber[number, default: []].append(place) }
    order.insert(place, at: position)
    if let account = accounts[key] {
      hidden.remove(key)
      take(account, at: place)
    }
    return place
  }

  /// The position of a job in the order, or the one where it belongs.
  private func position(of key: JobKey) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[Int(order[middle])]!.key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Changes this router's share of a job, and queues it for publication. A place without a job is ignored.
  ///
  /// - Parameter body: changes the share, and returns whether the change is urgent.
  package mutating func update(_ place: Int32, _ body: (inout JobShare) -> Bool) {
    let index = Int(place)
    guard index >= 0, let key = entries[index]?.key else { return }
    // In place: copies of shares would be most of the work.
    let own = ownShare(index, key)
    let before = entries[index]!.shares[own].nodes.count
    let isUrgent = body(&entries[index]!.shares[own])
    if entries[index]!.shares[own].nodes.count != before {
      for node in entries[index]!.shares[own].nodes { note(node.name, of: place) }
    }
    notice(index, share: own)
    publish(place, isUrgent: isUrgent)
  }

  private mutating func notice(_ index: Int, share: Int) {
    if entries[index]!.shares[share].slurm != nil { entries[index]!.hasSlurm = true }
    // The time may go back, as a partition's clock does.
    if entries[index]!.shares.count == 1, !entries[index]!.shares[share].nodes.isEmpty { entries[index]!.seen = .min }
    for node in entries[index]!.shares[share].nodes {
      if node.seen > entries[index]!.seen { entries[index]!.seen = node.seen }
      if node.last > entries[index]!.last { entries[index]!.last = node.last }
      if node.ended != nil { entries[index]!.hasEnds = true }
    }
  }

  /// Notes that a node of a job has received rows that are newer than all earlier ones.
  package mutating func noteProgress(of place: Int32) {
    guard !hasProgress, let generation = entries[Int(place)]?.generation else { return }
    // A job that is new itself has no earlier rows to compare with.
    hasProgress = generation < knownGeneration
  }

  /// Notes that rows have named the owner of a job.
  package mutating func noteClaims(of place: Int32) {
    guard place >= 0, let key = entries[Int(place)]?.key else { return }
    ownership.newClaims.insert(key)
  }

  /// Forgets progress: the time of the rows is unknown again.
  package mutating func forgetProgress() {
    knownGeneration = nextGeneration
    hasProgress = false
  }

  /// Notes the `component_id` of a node, as rows show it.
  package mutating func learn(_ component: UInt64?, of node: Name) {
    if let component { ownership.table.learn(component, of: node) }
  }

  private mutating func ownShare(_ index: Int, _ key: JobKey) -> Int {
    if let own = entries[index]!.shares.firstIndex(where: { $0.instance == instance }) { return own }
    entries[index]!.shares.append(JobShare(key: key, instance: instance))
    return entries[index]!.shares.count - 1
  }

  /// Queues this router's share of a job for publication.
  package mutating func publish(_ place: Int32, isUrgent: Bool) {
    if isUrgent { publications.add(place, isUrgent: true) }
    guard entries[Int(place)]?.isUnpublished == false else { return }
    entries[Int(place)]?.isUnpublished = true
    if !isUrgent { publications.add(place, isUrgent: false) }
  }

  /// Merges a share that a router has published. A share of this router is what it knew before its restart.
  ///
  /// - Parameter isEarlier: whether the share is older than this router, which then continues from the states that others saw.
  ///   Later, the router determines states itself, and announces them.
  package mutating func merge(_ share: JobShare, isEarlier: Bool = false) {
    let place = add(share.key)
    let index = Int(place)
    if let known = entries[index]!.shares.firstIndex(where: { $0.instance == share.instance }) {
      if share.instance == instance {
        entries[index]!.shares[known].add(earlier: share)
      } else {
        let before = entries[index]!.shares[known].lastRow
        entries[index]!.shares[known] = share
        if share.lastRow > before { noteProgress(of: place) }
      }
    } else {
      entries[index]!.shares.append(share)
    }
    for node in share.nodes {
      note(node.name, of: place)
      learn(node.component, of: node.name)
    }
    for position in entries[index]!.shares.indices { notice(index, share: position) }
    ownership.newClaims.insert(share.key)
    guard isEarlier, let last = share.history.last else { return }
    let known = entries[index]!.history
    if let first = known.first, let newest = known.last, newest.time >= last.time {
      // Routers that are gone have not seen the latest state, but perhaps earlier ones.
      let before = share.history.prefix { $0.time < first.time }
      entries[index]!.history = Array((before + known).suffix(Self.historyLimit))
      return
    }
    entries[index]!.history = share.history
    setState(index, last)
  }

  /// Removes a router's share of a job, and the job with its last share.
  package mutating func remove(_ key: JobKey, instance: String) {
    guard let place = places[key] else { return }
    ownership.newClaims.insert(key)
    if entries[Int(place)]?.shares.allSatisfy({ $0.instance == instance }) == true { retainClaims(of: key) }
    entries[Int(place)]?.shares.removeAll { $0.instance == instance }
    if entries[Int(place)]?.shares.isEmpty == true { forget(place) }
  }

  /// Removes a job from the index.
  package mutating func forget(_ place: Int32) {
    guard let entry = entries[Int(place)] else { return }
    if entry.state != .ended { unendedCount -= 1 }
    if !entry.shares.isEmpty { retainClaims(of: entry.key) }
    order.remove(at: position(of: entry.key))
    places[entry.key] = nil
    if let number = entry.key.number { remove(place, from: &jobsOfNumber, at: number) }
    for node in Set(entry.shares.flatMap { $0.nodes.map(\.name) }) { remove(place, from: &jobsOfNode, at: node) }
    entries[Int(place)] = nil
    dropNewClaims(of: entry.key)
    free.append(place)
  }

  private func remove<Key>(_ place: Int32, from lists: inout [Key: [Int32]], at key: Key) {
    lists[key]?.removeAll { $0 == place }
    if lists[key]?.isEmpty == true { lists[key] = nil }
  }

  private mutating func note(_ node: Name, of place: Int32) {
    if jobsOfNode[node]?.contains(place) != true { jobsOfNode[node, default: []].append(place) }
  }

  /// Changes the state of a job, and adds the change to its history.
  package mutating func change(_ place: Int32, to change: JobChange, isStart: Bool = false) {
    let index = Int(place)
    guard let key = entries[index]?.key else { return }
    setState(index, change)
    entries[index]!.history.append(change)
    if entries[index]!.history.count > Self.historyLimit { entries[index]!.history.removeFirst() }
    changes.append(key, change, isStart: isStart)
    if let own = entries[index]!.shares.firstIndex(where: { $0.instance == instance }) {
      entries[index]!.shares[own].history = entries[index]!.history
      publish(place, isUrgent: true)
    }
  }

  private mutating func setState(_ index: Int, _ change: JobChange) {
    let before = entries[index]!.state
    if before != .ended, change.state == .ended { unendedCount -= 1 }
    if before == .ended, change.state != .ended { unendedCount += 1 }
    (entries[index]!.state, entries[index]!.reason, entries[index]!.since) = (change.state, change.reason, change.time)
    entries[index]!.isAnnounced = true
  }

  /// Changes an entry without publishing it. Not for its state.
  package mutating func edit(_ place: Int32, _ body: (inout Entry) -> Void) {
    guard entries[Int(place)] != nil else { return }
    body(&entries[Int(place)]!)
  }
}
