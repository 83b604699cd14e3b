public import Decomp
public import Naming

/// What the router can do with one kind of row that a decomposition makes.
public struct RowSchemaCheck: Sendable, Hashable {
  /// A column that says whose a row is.
  public struct IdentityColumn: Sendable, Hashable {
    /// What it says.
    public var role: IdentityRole
    /// Its name in the rows.
    public var name: String
  }

  /// Where the rows arrive.
  public enum Topics: Sendable, Hashable {
    /// On the topic of this name, as `store_kafka` calls it.
    case named(String)
    /// On all topics that this regular expression fits (`as_is`).
    case pattern(String)
    /// On the topics that `identity.topic` fits, this one, with the row schema's name in its place.
    case identityPattern(String)
  }

  /// What becomes of the rows.
  public enum Fate: Sendable, Hashable {
    /// The rows are routed by this column of each row.
    case routedByColumn(IdentityColumn)
    /// The rows are routed by the topic's name, which this pattern reads.
    case routedByTopic(String)
    /// They name no user: they are routed where the index of jobs knows whose the number in this column is. The column is
    /// `nil` for `as_is`, whose rows may have it or not.
    case routedByJob(IdentityColumn?)
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

  /// Whether rows of this kind reach their users, as far as that can be known without seeing them.
  public var isRouted: Bool {
    switch fate {
    case .routedByColumn, .routedByTopic, .routedByJob: true
    case .deadLettered, .neverArrive: false
    }
  }
}

extension RowSchemaCheck {
  /// What a `static` decomposition's row comes to.
  ///
  /// - Parameter isApplied: whether LDMS ever applies the decomposition that declares it.
  init(_ schema: RowSchema, isApplied: Bool, plan: RoutingPlan) {
    name = schema.name
    columnCount = schema.columns.count
    identity = schema.columns.compactMap { column in
      column.identity.map { IdentityColumn(role: $0, name: column.name) }
    }
    topics = Self.topics(plan.input(ofSchema: schema.name), plan)
    fate = Self.fate(of: schema, identity: identity, isApplied: isApplied, plan: plan)
  }

  /// What rows that are stored as they are come to.
  init(asIsUnder plan: RoutingPlan) {
    name = "<set schema>_<7 hex digits>"
    columnCount = nil
    identity = []
    topics = Self.topics(plan.asIsInput, plan)
    fate = Self.patternThatSaysWhose(plan).map { .routedByTopic($0) } ?? .routedByJob(nil)
  }

  /// Where rows arrive.
  private static func topics(_ input: String, _ plan: RoutingPlan) -> Topics {
    if let pattern = patternThatSaysWhose(plan) { return .identityPattern(pattern) }
    return TopicPattern(input).isExpression ? .pattern(input) : .named(input)
  }

  /// `identity.topic`, where the topics' names say whose rows they hold.
  private static func patternThatSaysWhose(_ plan: RoutingPlan) -> String? {
    plan.topicIdentity.flatMap { $0.saysWhose ? "\($0.pattern)" : nil }
  }

  private static func fate(
    of schema: RowSchema, identity: [IdentityColumn], isApplied: Bool, plan: RoutingPlan
  ) -> Fate {
    if !isApplied { return .neverArrive("no match of the flex applies its decomposition") }
    for column in schema.columns where !column.isPrintable {
      return .neverArrive("LDMS cannot print a \(column.type?.name ?? "list"), and stores no row")
    }
    let topic = plan.input(ofSchema: schema.name)
    if !TopicPattern(topic).isExpression {
      if TopicNameRule.validationError(topic) != nil { return .neverArrive("Kafka does not allow the topic's name") }
      if plan.names.owns(topic) { return .neverArrive("the topic is one that the router writes") }
    }
    // The order in which the router looks.
    for role in [IdentityRole.producer, .instance] {
      if let column = identity.first(where: { $0.role == role }) { return .routedByColumn(column) }
    }
    if let pattern = patternThatSaysWhose(plan) { return .routedByTopic(pattern) }
    if let column = identity.first(where: { $0.role == .job }) { return .routedByJob(column) }
    return .deadLettered(.noIdentity)
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
