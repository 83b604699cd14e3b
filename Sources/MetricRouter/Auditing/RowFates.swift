internal import Decomp
internal import Kafka
internal import Naming

/// Says where rows belong, as the router does: by the same plan, with one look into a table for all but the first row
/// of a producer and job.
struct RowFates {
  /// Where rows of one producer and job belong, or why they are dead letters. Trivial, since it is looked at for each
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
    /// For rows that say only their job's number: the index of jobs may have known whose it is, and then they are routed. 0
    /// for all others.
    var number: UInt64 = 0
  }

  /// Producers that name no user and are remembered: others choose the names, and there is no end to them.
  private static let rememberedRefusals = 10_000

  private let plan: RoutingPlan
  private var table = RouteTable()
  /// The first are the reasons, in their order.
  private(set) var fates: [Fate] = DeadLetterReason.allCases.map { Fate(reason: $0) }
  /// The nodes of those that are routed: their names decide about the partitions.
  private var nodes: [Name?] = DeadLetterReason.allCases.map { _ in nil }
  private var refusals = 0

  init(plan: RoutingPlan) {
    self.plan = plan
  }

  /// Where a row belongs.
  mutating func decide(_ payload: UnsafeRawBufferPointer, from input: InputTopic, _ topics: inout AuditedTopics)
    -> Int32
  {
    switch input.rows {
    case .refused(let reason, _): return Self.position(of: reason)
    case .decoded(let decoder):
      switch decoder.decode(payload) {
      case .refused(let refusal): return Self.position(of: DeadLetterReason(refusal))
      case .row(let row):
        let key = RowKey(row, in: payload, topic: input.owner)
        switch key {
        case .producer, .instance, .topic:
          return key.withBytes { bytes in
            let known = table.find(bytes, kind: key.kind, job: row.job ?? 0)
            return known >= 0 ? known : add(key, bytes, row.job, &topics)
          }
        case .job(let number): return find(number: number)
        case .none: return find(number: 0)
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

  /// The rows of a job's number that say nothing else.
  private mutating func find(number: UInt64) -> Int32 {
    guard number != 0 else { return Self.position(of: .noIdentity) }
    let key = UnsafeRawBufferPointer(start: nil, count: 0)
    let known = table.find(key, kind: .jobNumber, job: number)
    guard known < 0 else { return known }
    let fate = Int32(fates.count)
    fates.append(Fate(reason: .noIdentity, number: number))
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
    _ key: RowKey, _ bytes: UnsafeRawBufferPointer, _ job: UInt64?, _ topics: inout AuditedTopics
  ) -> Int32 {
    switch plan.owner(of: key, jobID: job) {
    case .refused(let refusal):
      return remember(Self.position(of: refusal.reason), bytes, key.kind, job)
    case .job(let number, _):
      return remember(find(number: number), bytes, key.kind, job)
    case .identity(let identity):
      guard case .success(let names) = plan.topics(of: identity) else {
        return remember(Self.position(of: .nameTooLong), bytes, key.kind, job)
      }
      let fate = Int32(fates.count)
      fates.append(Fate(userTopic: topics.add(names.user), jobTopic: topics.add(names.job)))
      nodes.append(identity.node)
      table.insert(bytes, kind: key.kind, job: job ?? 0, route: fate)
      return fate
    }
  }

  /// Keeps what rows that name no user come to, as far as there is room.
  private mutating func remember(
    _ fate: Int32, _ key: UnsafeRawBufferPointer, _ kind: RouteTable.KeyKind, _ job: UInt64?
  ) -> Int32 {
    if refusals < Self.rememberedRefusals, key.count <= RouteTable.maximumKeyCount {
      refusals += 1
      table.insert(key, kind: kind, job: job ?? 0, route: fate)
    }
    return fate
  }
}
