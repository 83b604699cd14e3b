public import Decomp
public import Naming

/// What one row says when it is read as a row of one row schema, and where it would go.
public struct RowReading: Sendable, Hashable {
  /// Where the row says whose it is.
  public enum Owner: Sendable, Hashable {
    /// In this column.
    case column(IdentityRole, name: String)
    /// In the name of the topic that it came on.
    case topic
  }

  /// Where a row goes.
  public struct Destination: Sendable, Hashable {
    /// Whose it is.
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
  }

  /// The row schema; `nil` for a row that was stored as it is.
  public var schema: RowSchema?
  /// The names of other row schemas of the topic that read it too, and say the same about whose it is.
  public var otherSchemas: [String] = []
  /// Where it says whose it is; `nil` where it does not.
  public var owner: Owner?
  /// The producer's name as the row or the topic has it; `nil` where neither has.
  public var producer: Name?
  /// The row's `job_id`; `nil` where it has none.
  public var jobID: UInt64?
  /// The row's time.
  public var timestamp: RowTimestamp?
  /// What becomes of it.
  public var fate: Fate
}

extension RowReading {
  /// Follows the way of a row that was decoded, as the router goes it.
  ///
  /// - Parameter input: the topic that it came on; `nil` where that is not known.
  init(
    _ row: DecodedRow, as schema: RowSchema?, from input: InputTopic?, payload: UnsafeRawBufferPointer,
    plan: RoutingPlan, asksByNode: Bool
  ) {
    self.schema = schema
    let (row, reading) = plan.readInstance(of: row, in: payload)
    jobID = row.job
    timestamp = row.timestamp
    func column(_ role: IdentityRole) -> Owner {
      .column(role, name: schema?.index(of: role).map { schema?.columns[$0].name ?? "" } ?? role.rawValue)
    }
    let key = RowKey(row, in: payload, topic: input?.owner ?? .none, instance: reading)
    fate = Self.fate(of: plan.owner(of: key, jobID: row.job), row, from: input, plan: plan, asksByNode: asksByNode)
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
    case .identity(let identity):
      switch plan.topics(of: identity) {
      case .success(let topics):
        return plan.users.refusalAskingSystem(of: identity.user).map { Fate.deadLettered($0) }
          ?? .routed(Destination(identity: identity, userTopic: topics.user, jobTopic: topics.job))
      case .failure(let refusal): return .deadLettered(refusal)
      }
    }
  }
}
