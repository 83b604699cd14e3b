package import Naming

/// All jobs that any router of the group knows, put together from their shares. A value without I/O or clocks.
///
/// What is published and read back is a `JobShare`; a job's state follows from all shares and the rows' time (`advance`).
package struct JobLedger: Sendable {
  /// A job.
  package struct Entry: Sendable {
    package let key: JobKey
    /// Tells it from another job that had its place.
    package let generation: UInt32
    /// What each router knows.
    package var shares: [JobShare] = []
    package var state = JobState.active
    package var reason = JobStateReason.rows
    /// Since when it is in its state.
    package var since: Int64 = 0
    /// Whether it was told that it is there.
    package var isAnnounced = false
    /// When the last row of any node came, by the clock of rows.
    package var seen: Int64 = .min
    /// The time of the last row by its node's clock.
    package var last: Int64 = .min
    /// Whether rows of LDMS said of a node that the job ended there.
    package var hasEnds = false
    /// Whether Slurm has said anything.
    package var hasSlurm = false
    package var history: [JobChange] = []
    package var series = JobSeries()
    /// Whether this router's share is not published as it is.
    package var isUnpublished = false
    /// Rows by schema, and the time, at the beginning of the stretch for which rates are taken.
    package var rateRows: [UInt64] = []
    package var rateTime: Int64 = 0
  }

  /// The column values that have a meaning of their own.
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
  /// This router; empty for who only reads.
  package let instance: String
  package let valueNames: [String]
  package let meanings: Meanings
  /// Places are used again.
  private(set) var entries: [Entry?] = []
  private var free: [Int32] = []
  private var places: [JobKey: Int32] = [:]
  private var nextGeneration: UInt32 = 1
  /// Jobs that have rows from a node, ended ones included.
  private var jobsOfNode: [Name: [Int32]] = [:]
  /// Whose job's numbers are, as far as claims have been brought into it.
  package var ownersTable: JobOwners
  /// Jobs of which something new was said about whose they are, where and when.
  package var newClaims: Set<JobKey> = []
  /// What rows said of jobs that are not in the index any more.
  package var retained: [JobKey: [JobClaim]] = [:]
  /// Jobs by the number that their id is.
  private(set) var jobsOfNumber: [UInt64: [Int32]] = [:]
  /// What Slurm's messages said, also of jobs that are not shown.
  package var accounts = SlurmAccounts()
  /// The jobs of which nothing else is known, and which are not shown.
  package var hidden: Set<JobKey> = []
  /// The rows' time up to which states hold.
  package var time: Int64?
  /// Jobs of earlier generations were known before the rows' time was back.
  private var knownGeneration: UInt32 = 1
  /// Whether the time is back, and a job that was known before has got newer rows since.
  private(set) var hasProgress = false
  /// Places whose share is to be published, the urgent ones apart.
  package var unpublished: [Int32] = []
  package var urgent: [Int32] = []
  private(set) var changes = JobChangeLog()
  /// The places of all jobs by user and id, as pages mostly want them.
  private(set) var order: [Int32] = []

  /// How many states of a job are kept.
  package static let historyLimit = 16

  /// An index that knows nothing.
  package init(rules: JobRules, instance: String, valueNames: [String]) {
    self.rules = rules
    self.instance = instance
    self.valueNames = valueNames
    meanings = Meanings(valueNames)
    ownersTable = JobOwners(rules: rules.owners)
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

  /// Where a job stands in the order, or would stand.
  private func position(of key: JobKey) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[Int(order[middle])]!.key < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Changes this router's share of a job; `body` says whether that should be known at once. A place that is none is passed
  /// over.
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
    // It can be put back, as a partition's clock is.
    if entries[index]!.shares.count == 1, !entries[index]!.shares[share].nodes.isEmpty { entries[index]!.seen = .min }
    for node in entries[index]!.shares[share].nodes {
      if node.seen > entries[index]!.seen { entries[index]!.seen = node.seen }
      if node.last > entries[index]!.last { entries[index]!.last = node.last }
      if node.ended != nil { entries[index]!.hasEnds = true }
    }
  }

  /// A node of a job has got rows that are newer than all that were known of it.
  package mutating func noteProgress(of place: Int32) {
    guard !hasProgress, let generation = entries[Int(place)]?.generation else { return }
    // Of a job that came with the old rows there is nothing that they could be newer than.
    hasProgress = generation < knownGeneration
  }

  /// Rows have said of a job whose it is.
  package mutating func noteClaims(of place: Int32) {
    guard place >= 0, let key = entries[Int(place)]?.key else { return }
    newClaims.insert(key)
  }

  /// The rows' time is not back.
  package mutating func forgetProgress() {
    knownGeneration = nextGeneration
    hasProgress = false
  }

  /// Rows said which number a node has.
  package mutating func learn(_ component: UInt64?, of node: Name) {
    if let component { ownersTable.learn(component, of: node) }
  }

  private mutating func ownShare(_ index: Int, _ key: JobKey) -> Int {
    if let own = entries[index]!.shares.firstIndex(where: { $0.instance == instance }) { return own }
    entries[index]!.shares.append(JobShare(key: key, instance: instance))
    return entries[index]!.shares.count - 1
  }

  /// Has this router's share published.
  package mutating func publish(_ place: Int32, isUrgent: Bool) {
    if isUrgent { urgent.append(place) }
    guard entries[Int(place)]?.isUnpublished == false else { return }
    entries[Int(place)]?.isUnpublished = true
    if !isUrgent { unpublished.append(place) }
  }

  /// Takes in a share that a router has published. One of this router is what it knew before it was restarted.
  ///
  /// - Parameter isEarlier: whether it was there before this router, which then goes on from the states that others saw.
  ///   Later it sees for itself, and tells its readers.
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
    newClaims.insert(share.key)
    guard isEarlier, let last = share.history.last else { return }
    let known = entries[index]!.history
    if let first = known.first, let newest = known.last, newest.time >= last.time {
      // Routers that are gone have not seen the latest, but perhaps what was before.
      let before = share.history.prefix { $0.time < first.time }
      entries[index]!.history = Array((before + known).suffix(Self.historyLimit))
      return
    }
    entries[index]!.history = share.history
    setState(index, last)
  }

  /// Takes away a router's share of a job, and the job when it was the last one.
  package mutating func remove(_ key: JobKey, instance: String) {
    guard let place = places[key] else { return }
    newClaims.insert(key)
    if entries[Int(place)]?.shares.allSatisfy({ $0.instance == instance }) == true { retainClaims(of: key) }
    entries[Int(place)]?.shares.removeAll { $0.instance == instance }
    if entries[Int(place)]?.shares.isEmpty == true { forget(place) }
  }

  /// Takes a job out of the index.
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

  /// Puts a job into a state, and writes that down.
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

  /// Changes an entry, but for its state, where nothing has to be published for it.
  package mutating func edit(_ place: Int32, _ body: (inout Entry) -> Void) {
    guard entries[Int(place)] != nil else { return }
    body(&entries[Int(place)]!)
  }
}
