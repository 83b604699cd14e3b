public import Decomp
internal import MetricRouter
public import Naming
internal import Topics

/// What the router can do with one kind of row that a decomposition makes.
public struct RowSchemaCheck: Sendable, Hashable {
  /// A column that says whose a row is.
  public struct IdentityColumn: Sendable, Hashable {
    /// What it says.
    public var role: IdentityRole
    /// The name of the column in the rows.
    public var name: String
  }

  /// The topics on which the rows arrive.
  public enum Topics: Sendable, Hashable {
    /// The topic of this name, as `store_kafka` calls it.
    case named(String)
    /// All topics that match this regular expression (`as_is`).
    case pattern(String)
    /// These inputs, which carry the rows of all row schemas.
    case shared([String])
    /// The topics that match `identity.topic`: this pattern, with the name of the row schema.
    case identityPattern(String)
  }

  /// The place of the job number in a row.
  public enum JobNumber: Sendable, Hashable {
    /// The first of these columns that is not 0, or the name of the metric set in the column.
    case columns([IdentityColumn])
    /// The columns of these metrics, as far as rows that are stored as they are have them.
    case metrics([String])
  }

  /// What becomes of the rows.
  public enum Fate: Sendable, Hashable {
    /// The rows are routed by this column of each row.
    case routedByColumn(IdentityColumn)
    /// The rows are routed by the topic's name, which this pattern reads.
    case routedByTopic(String)
    /// The rows name no user. They are routed by the job number at this place, if the owner of the job is known.
    case routedByJob(JobNumber)
    /// The rows name no user and no job, but the host in this column. They are routed if the host had one job at their time.
    case routedByHost(IdentityColumn)
    /// The rows name no user and no job, but their origin. They are counted, and copied nowhere.
    case unassigned
    /// All rows go to the dead-letter topic, for this reason.
    case deadLettered(DeadLetterReason)
    /// None ever arrives, because of this.
    case neverArrive(String)
  }

  /// The name of the row schema; for `as_is` what takes its place.
  public var name: String
  /// How many columns it has; `nil` for `as_is`, whose columns are those of each metric set.
  public var columnCount: Int?
  /// The columns that say whose a row is, in the order of the columns.
  public var identity: [IdentityColumn]
  /// Where the rows arrive.
  public var topics: Topics
  /// What becomes of the rows.
  public var fate: Fate
  /// The sources that name owners of jobs; `nil` without a configuration.
  public var authorities: JobAuthorities?

  /// Whether rows of this kind reach their users, as far as that can be known without seeing them.
  public var isRouted: Bool {
    switch fate {
    case .routedByColumn, .routedByTopic, .routedByJob, .routedByHost: true
    case .unassigned, .deadLettered, .neverArrive: false
    }
  }
}

extension RowSchemaCheck {
  /// What a `static` decomposition's row comes to.
  ///
  /// - Parameter isApplied: whether LDMS ever applies the decomposition that declares it.
  init(_ schema: RowSchema, isApplied: Bool, plan: RoutingPlan, authorities: JobAuthorities?) {
    self.authorities = authorities
    name = schema.name
    columnCount = schema.columns.count
    identity = schema.columns.compactMap { column in
      column.identity(jobMetrics: plan.jobMetrics).map { IdentityColumn(role: $0, name: column.name) }
    }
    topics = Self.topics(plan.input(ofSchema: schema.name), plan)
    fate = Self.fate(of: schema, identity: identity, isApplied: isApplied, plan: plan, authorities: authorities)
  }

  /// What rows that are stored as they are come to.
  init(asIsUnder plan: RoutingPlan, authorities: JobAuthorities?) {
    self.authorities = authorities
    name = "<set schema>_<7 hex digits>"
    columnCount = nil
    identity = []
    topics = Self.topics(plan.asIsInput, plan)
    fate = Self.patternThatSaysWhose(plan).map { .routedByTopic($0) } ?? .routedByJob(.metrics(plan.jobMetrics))
  }

  /// The topics on which rows arrive.
  private static func topics(_ input: String, _ plan: RoutingPlan) -> Topics {
    if comesInShared(input, plan) { return .shared(plan.sharedInputs) }
    if let pattern = patternThatSaysWhose(plan) { return .identityPattern(pattern) }
    return TopicPattern(input).isExpression ? .pattern(input) : .named(input)
  }

  /// Whether rows that would have this topic come in one with the rows of all row schemas.
  private static func comesInShared(_ input: String, _ plan: RoutingPlan) -> Bool {
    !plan.sharedInputs.isEmpty && (TopicPattern(input).isExpression || !plan.reads(topic: input))
  }

  /// `identity.topic`, where the topics' names say whose rows they hold.
  private static func patternThatSaysWhose(_ plan: RoutingPlan) -> String? {
    plan.topicIdentity.flatMap { $0.saysWhose ? "\($0.pattern)" : nil }
  }

  private static func fate(
    of schema: RowSchema, identity: [IdentityColumn], isApplied: Bool, plan: RoutingPlan, authorities: JobAuthorities?
  ) -> Fate {
    if !isApplied { return .neverArrive("no match of the flex applies its decomposition") }
    for column in schema.columns where !column.isPrintable {
      return .neverArrive("LDMS cannot print a \(column.type?.name ?? "list"), and stores no row")
    }
    let topic = plan.input(ofSchema: schema.name)
    if !TopicPattern(topic).isExpression, !comesInShared(topic, plan) {
      if TopicNameRule.validationError(topic) != nil { return .neverArrive("Kafka does not allow the topic's name") }
      if plan.names.owns(topic) { return .neverArrive("the topic is one that the router writes") }
    }
    return fate(of: schema, identity: identity, plan: plan, authorities: authorities)
  }

  /// What the columns lead to, in the order in which the router looks.
  private static func fate(
    of schema: RowSchema, identity: [IdentityColumn], plan: RoutingPlan, authorities: JobAuthorities?
  ) -> Fate {
    let name = [IdentityRole.producer, .instance].lazy.compactMap { role in identity.first { $0.role == role } }.first
    let instance = identity.first { $0.role == .instance }
    let saysJob = plan.instances.isEmpty ? nil : instance
    let namesUsers = plan.producers.patterns.contains { $0.fields.contains(.user) }
    if let name, namesUsers, name.role == .producer || saysJob == nil { return .routedByColumn(name) }
    if name == nil, let pattern = patternThatSaysWhose(plan) { return .routedByTopic(pattern) }
    let numbers = schema.jobColumns(ofMetrics: plan.jobMetrics).map {
      IdentityColumn(role: .job, name: schema.columns[$0].name)
    }
    if let saysJob { return .routedByJob(.columns([saysJob])) }
    if !numbers.isEmpty { return .routedByJob(.columns(numbers)) }
    if let name, authorities?.asksByNode == true { return .routedByHost(name) }
    let saysWhere = name != nil || schema.columns.contains { $0.source == "component_id" && $0.member == nil }
    return saysWhere ? .unassigned : .deadLettered(.noIdentity)
  }
}

extension Column {
  /// Whether LDMS has a printer for its declared type.
  var isPrintable: Bool {
    switch type {
    case .list, .record, .recordArray, .recordType: false
    case .scalar, .array, .timestamp, nil: true
    }
  }
}
