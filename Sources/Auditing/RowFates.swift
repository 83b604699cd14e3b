internal import Decomp
internal import Jobs
internal import Kafka
internal import MetricRouter
internal import Naming

/// Says where rows belong, as the router does: by the same plan, with one look into a table for all but the first row
/// of a producer and job.
struct RowFates {
  /// The topics of the rows of one producer and job, or why they are dead letters. A trivial type, because it is read for each
  /// copy.
  struct Fate {
    /// Why they are dead letters; `nil` for those that are routed.
    var reason: DeadLetterReason?
    /// The topics, as positions in `AuditedTopics`; -1 for dead letters.
    var userTopic: Int32 = -1
    var jobTopic: Int32 = -1
    /// The partitions of those topics, once it is known how many they have.
    var userPartition: Int32 = 0
    var jobPartition: Int32 = 0
    /// Whether a job's number leads to the user.
    var isByNumber = false
    /// The job number of rows whose owner is unknown, which the router may have known; 0 for all other rows.
    var number: UInt64 = 0
    /// Rows that are in no topic, and belong in none: their host ran no job, or jobs of several users. Where they have a user's topic
    /// all the same, they may be there: they may have been routed before it was known that a job of another user had begun.
    var aside: Aside?
  }

  /// Why a row is in no topic.
  enum Aside: CaseIterable {
    case unassigned
    case withheld
  }

  /// Producers that name no user and are remembered: others choose the names, and there is no end to them.
  private static let rememberedRefusals = 10_000

  private let plan: RoutingPlan
  private let loadOwners: () -> JobOwners?
  /// The owners of jobs, loaded with the first row that needs them; `nil` if they are unknown.
  private lazy var owners: JobOwners? = loadOwners()
  private var table = RouteTable()
  /// The hosts of rows that a job's number leads to their user.
  private var hosts = HostTable()
  /// The first are the reasons and why rows are in no topic, in their order.
  private(set) var fates: [Fate] =
    DeadLetterReason.allCases.map { Fate(reason: $0) } + Aside.allCases.map { Fate(aside: $0) }
  /// The nodes of those that are routed: their names decide about the partitions.
  private var nodes: [Name?] = Array(repeating: nil, count: DeadLetterReason.allCases.count + Aside.allCases.count)
  private var refusals = 0

  /// - Parameter owners: returns the owners of jobs, or `nil` if they are unknown; called once, and only if a row needs it.
  init(plan: RoutingPlan, owners: @escaping () -> JobOwners? = { nil }) {
    self.plan = plan
    loadOwners = owners
  }

  /// Decides where a row belongs.
  ///
  /// - Parameter timestamp: the time of its message; its own goes before it.
  mutating func decide(
    _ payload: UnsafeRawBufferPointer, from input: InputTopic, timestamp: Int64? = nil, _ topics: inout AuditedTopics
  ) -> Int32 {
    switch input.rows {
    case .refused(let reason, _): return Self.position(of: reason)
    // It is no input, and its rows are those of others.
    case .waiting: return Self.position(of: .malformedRow)
    case .decoded(let decoder):
      switch decoder.decode(payload) {
      case .refused(let refusal): return Self.position(of: DeadLetterReason(refusal))
      case .row(let decoded):
        let (row, reading) = plan.readInstance(of: decoded, in: payload)
        let own = row.timestamp?.milliseconds ?? 0
        let time = own > 0 ? own : timestamp ?? 0
        let key = RowKey(row, in: payload, topic: input.owner, instance: reading)
        let isTelling = input.tellsOfJobs(row)
        switch key {
        case .producer, .instance, .topic:
          return key.withBytes { bytes in
            let known = table.find(bytes, kind: key.kind, job: row.job ?? 0)
            if known >= 0 { return known }
            let host = hosts.find(bytes, kind: key.kind)
            return host >= 0
              ? find(row, host: hosts[host], time, isTelling, &topics)
              : add(key, bytes, row, time, isTelling, &topics)
          }
        case .host(let node): return find(row, host: node, time, isTelling, &topics)
        case .job, .none: return find(row, host: nil, time, isTelling, &topics)
        }
      }
    }
  }

  /// Sets the partitions, which follow from the nodes' names and the topics' sizes.
  mutating func locate(in topics: AuditedTopics) {
    for index in fates.indices {
      guard let node = nodes[index] else { continue }
      func partition(_ topic: Int32) -> Int32 {
        let count = topics[topic].partitionCount
        return count > 0 ? node.bytes.withUnsafeBytes { Partitioner.murmur2($0, partitionCount: count) } : 0
      }
      fates[index].userPartition = partition(fates[index].userTopic)
      fates[index].jobPartition = partition(fates[index].jobTopic)
    }
  }

  private static func position(of reason: DeadLetterReason) -> Int32 {
    // All cases are there.
    Int32(DeadLetterReason.allCases.firstIndex(of: reason) ?? 0)
  }

  private static func position(of aside: Aside) -> Int32 {
    Int32(DeadLetterReason.allCases.count + (aside == .unassigned ? 0 : 1))
  }

  /// Decides where a row belongs whose job number leads to its user.
  private mutating func find(
    _ row: DecodedRow, host: Name?, _ time: Int64, _ isTelling: Bool, _ topics: inout AuditedTopics
  ) -> Int32 {
    let number = row.job ?? 0
    guard number != 0 || host != nil || row.component ?? 0 != 0 else { return Self.position(of: .noIdentity) }
    if number == 0, isTelling { return Self.position(of: .unassigned) }
    guard let owners else { return number == 0 ? Self.position(of: .unassigned) : find(number: number) }
    switch owners.find(number, component: host == nil ? row.component : nil, host: host, time: time) {
    case .owner(let user, let job, let node, _): return find(user, job: job, node, aside: nil, &topics)
    case .unassigned: return findWithoutNumber()
    case .withheld:
      guard number != 0, let user = owners.user(ofJob: number, time: time) else { return Self.position(of: .withheld) }
      return find(user, job: number, host ?? JobOwners.unnamedNode, aside: .withheld, &topics)
    case .unknown, .ambiguous: return number == 0 ? findWithoutNumber() : find(number: number)
    }
  }

  /// Rows without a number whose host ran no job, as far as is known: they are in no topic, or dead letters where Slurm's messages
  /// came too late.
  private mutating func findWithoutNumber() -> Int32 {
    let key = UnsafeRawBufferPointer(start: nil, count: 0)
    let known = table.find(key, kind: .jobNumber, job: 0)
    guard known < 0 else { return known }
    let fate = Int32(fates.count)
    fates.append(Fate(isByNumber: true, aside: .unassigned))
    nodes.append(nil)
    table.insert(key, kind: .jobNumber, job: 0, route: fate)
    return fate
  }

  /// Rows of a job whose owner is known.
  private mutating func find(
    _ user: Name, job: UInt64, _ node: Name, aside: Aside?, _ topics: inout AuditedTopics
  ) -> Int32 {
    let key = user.bytes + (aside == nil ? [0] : [1]) + node.bytes
    return key.withUnsafeBytes { key in
      let known = table.find(key, kind: .jobNumber, job: job)
      guard known < 0 else { return known }
      guard case .success(let names) = plan.topics(of: Identity(user: user, job: job, node: node)) else {
        return Self.position(of: .nameTooLong)
      }
      let fate = Int32(fates.count)
      fates.append(
        Fate(userTopic: topics.add(names.user), jobTopic: topics.add(names.job), isByNumber: true, aside: aside))
      nodes.append(node)
      table.insert(key, kind: .jobNumber, job: job, route: fate)
      return fate
    }
  }

  /// Rows of a job whose owner is not known now: it may have been when the router routed them.
  private mutating func find(number: UInt64) -> Int32 {
    let key = UnsafeRawBufferPointer(start: nil, count: 0)
    let known = table.find(key, kind: .jobNumber, job: number)
    guard known < 0 else { return known }
    let fate = Int32(fates.count)
    fates.append(Fate(reason: .unknownJob, isByNumber: true, number: number))
    nodes.append(nil)
    table.insert(key, kind: .jobNumber, job: number, route: fate)
    return fate
  }

  /// Takes note of whose a job's number is, as the first copy of a row shows.
  mutating func settle(_ fate: Int32, userTopic: Int32, jobTopic: Int32) {
    fates[Int(fate)].userTopic = userTopic
    fates[Int(fate)].jobTopic = jobTopic
  }

  private mutating func add(
    _ key: RowKey, _ bytes: UnsafeRawBufferPointer, _ row: DecodedRow, _ time: Int64, _ isTelling: Bool,
    _ topics: inout AuditedTopics
  ) -> Int32 {
    let job = row.job ?? 0
    switch plan.owner(of: key, jobID: row.job) {
    case .refused(let refusal):
      return remember(Self.position(of: refusal.reason), bytes, key.kind, job)
    case .job(_, let host):
      if let host, bytes.count <= RouteTable.maximumKeyCount {
        if hosts.isFull { hosts = HostTable() }
        _ = hosts.add(host, called: bytes, kind: key.kind)
      }
      return find(row, host: host, time, isTelling, &topics)
    case .identity(let identity):
      guard case .success(let names) = plan.topics(of: identity) else {
        return remember(Self.position(of: .nameTooLong), bytes, key.kind, job)
      }
      let fate = Int32(fates.count)
      fates.append(Fate(userTopic: topics.add(names.user), jobTopic: topics.add(names.job)))
      nodes.append(identity.node)
      table.insert(bytes, kind: key.kind, job: job, route: fate)
      return fate
    }
  }

  /// Keeps what rows that name no user come to, as far as there is room.
  private mutating func remember(
    _ fate: Int32, _ key: UnsafeRawBufferPointer, _ kind: RouteTable.KeyKind, _ job: UInt64
  ) -> Int32 {
    if refusals < Self.rememberedRefusals, key.count <= RouteTable.maximumKeyCount {
      refusals += 1
      table.insert(key, kind: kind, job: job, route: fate)
    }
    return fate
  }
}
