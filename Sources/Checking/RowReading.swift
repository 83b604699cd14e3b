public import Decomp
internal import Jobs
internal import MetricRouter
public import Naming
internal import Runtime

/// What one row says when it is read as a row of one row schema, and where it would go.
public struct RowReading: Sendable, Hashable {
  /// The part of the row that identifies its owner.
  public enum Owner: Sendable, Hashable {
    /// A column.
    case column(IdentityRole, name: String)
    /// The name of the topic.
    case topic
  }

  /// The destination of a row.
  public struct Destination: Sendable, Hashable {
    /// The owner of the row.
    public var identity: Identity
    /// The topic of its user.
    public var userTopic: String
    /// The topic of its job.
    public var jobTopic: String
  }

  /// What becomes of it.
  public enum Fate: Sendable, Hashable {
    /// The row is routed.
    case routed(Destination)
    /// The row goes to the dead-letter topic.
    case deadLettered(Refusal)
    /// The topic's name decides, and it is not known.
    case dependsOnTopic
    /// The owner of this job decides, whom only the job index of a running router knows.
    /// - Parameter host: the node that the row names in place of a user.
    case dependsOnJob(UInt64, host: Name?)
    /// The row has no job's number: the job that ran on this host decides (`identity.by-node`).
    case dependsOnHost(Name)
    /// The row is of no job: it is counted and copied nowhere. The host is `nil` where it says where it is from by a number alone.
    case unassigned(host: Name?)
    /// Jobs of several users were on the row's host: it is counted and copied nowhere; the text says which host.
    case withheld(String)
  }

  /// The row schema; `nil` for a row that was stored as it is.
  public var schema: RowSchema?
  /// The names of other row schemas of the topic that read the row too, and identify the same owner.
  public var otherSchemas: [String] = []
  /// The part of the row that identifies its owner; `nil` if none does.
  public var owner: Owner?
  /// The producer's name as the row or the topic has it; `nil` where neither has.
  public var producer: Name?
  /// The number of the row's job; `nil` where it has none.
  public var jobID: UInt64?
  /// The name of the column with the job number, or of the columns that may hold it.
  public var jobColumn: String?
  /// The row's time.
  public var timestamp: RowTimestamp?
  /// What becomes of it.
  public var fate: Fate
}

extension RowReading {
  /// Follows the way of a row that was decoded, as the router goes it.
  ///
  /// - Parameters:
  ///   - input: the topic that it came on; `nil` where that is not known.
  ///   - owners: the owners of jobs; `nil` if they are unknown.
  init(
    _ row: DecodedRow, as schema: RowSchema?, from input: InputTopic?, payload: UnsafeRawBufferPointer,
    plan: RoutingPlan, asksByNode: Bool, owners: KnownOwners?
  ) {
    self.schema = schema
    let (row, reading) = plan.readInstance(of: row, in: payload)
    jobID = row.job
    jobColumn =
      reading == nil ? Self.jobColumn(of: row, schema, plan) : schema?.column(of: .instance)?.name ?? "instance"
    timestamp = row.timestamp
    func column(_ role: IdentityRole) -> Owner {
      .column(role, name: schema?.column(of: role)?.name ?? role.rawValue)
    }
    let key = RowKey(row, in: payload, topic: input?.owner ?? .none, instance: reading)
    fate = Self.fate(of: plan.owner(of: key, jobID: row.job), row, from: input, plan: plan, asksByNode: asksByNode)
    if let owners {
      let topic = input ?? schema.map { plan.input(topic: $0.name) }
      decide(row, owners, isTelling: topic?.tellsOfJobs(row) ?? false, plan: plan)
    }
    switch key {
    case .producer(let bytes): (owner, producer) = (column(.producer), Name(bytes))
    case .instance(let bytes): (owner, producer) = (column(.instance), Name(bytes))
    case .host(let node): (owner, producer) = (column(.instance), node)
    case .topic(let name, _): (owner, producer) = (.topic, name)
    case .job, .none:
      if input == nil, plan.topicIdentity?.saysWhose == true { fate = .dependsOnTopic }
    }
  }

  private static func fate(
    of owner: RowOwner, _ row: DecodedRow, from input: InputTopic?, plan: RoutingPlan, asksByNode: Bool
  ) -> Fate {
    switch owner {
    case .refused(let refusal): return .deadLettered(refusal)
    case .job(0, let host?): return asksByNode ? .dependsOnHost(host) : .unassigned(host: host)
    case .job(0, nil):
      // The number of its node, if nothing else, says where it is from.
      if let component = row.component, component != 0 { return .unassigned(host: nil) }
      return .deadLettered(RowOwner.unknown(host: nil, topic: input?.name, nil))
    case .job(let number, let host): return .dependsOnJob(number, host: host)
    case .identity(let identity): return fate(of: identity, plan: plan)
    }
  }

  private static func fate(of identity: Identity, plan: RoutingPlan) -> Fate {
    switch plan.topics(of: identity) {
    case .success(let topics):
      return plan.users.refusalAskingSystem(of: identity.user).map { Fate.deadLettered($0) }
        ?? .routed(Destination(identity: identity, userTopic: topics.user, jobTopic: topics.job))
    case .failure(let refusal): return .deadLettered(refusal)
    }
  }

  private static func jobColumn(of row: DecodedRow, _ schema: RowSchema?, _ plan: RoutingPlan) -> String? {
    guard row.job != nil else { return nil }
    guard let schema else { return plan.jobMetrics.joined(separator: " or ") }
    return schema.jobColumn(of: row, metrics: plan.jobMetrics)?.name
  }

  /// Decides a row that depends on the owners of jobs.
  private mutating func decide(_ row: DecodedRow, _ owners: KnownOwners, isTelling: Bool, plan: RoutingPlan) {
    let number: UInt64
    let host: Name?
    switch fate {
    case .dependsOnJob(let job, let named):
      number = job
      host = named
    case .dependsOnHost(let named):
      number = 0
      host = named
    case .routed, .deadLettered, .dependsOnTopic, .unassigned, .withheld: return
    }
    // The service does the same.
    if number == 0, isTelling {
      fate = .unassigned(host: host)
      return
    }
    // Of a job that nobody was asked about, nothing is known.
    guard owners.isComplete || number == 0 || owners.knows(number) else { return }
    let own = row.timestamp?.milliseconds ?? 0
    let time = own > 0 ? own : WallClock.milliseconds()
    switch owners.jobs.find(number, component: host == nil ? row.component : nil, host: host, time: time) {
    case .owner(let user, let job, let node, _):
      fate = Self.fate(of: Identity(user: user, job: job, node: node), plan: plan)
    case .unassigned: fate = .unassigned(host: host)
    case .withheld(let why): fate = .withheld(why)
    case .ambiguous(let why): fate = .deadLettered(Refusal(.ambiguousOwner, why))
    case .unknown(let why): fate = .deadLettered(Refusal(.unknownJob, why))
    }
  }
}

extension RowSchema {
  /// The first column with this role.
  fileprivate func column(of role: IdentityRole) -> Column? { index(of: role).map { columns[$0] } }
}
