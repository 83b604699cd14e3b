public import Decomp
public import MetricRouter
internal import Naming
internal import Wording

/// What the router can do with the rows of one `decomp.json`, under one configuration's rules.
public struct DecompositionCheck: Sendable {
  /// A set of rules of the file: its own, or a member of a `flex`.
  public struct Part: Sendable, Hashable {
    /// The path in the JSON: `$`, or `$.decomposition.meminfo`.
    public var path: String
    /// LDMS's name for the kind: `static`, `as_is` or `flex`.
    public var kind: String
    /// Whether any set can come to it.
    public var isApplied: Bool
  }

  /// The file's name, as given.
  public var file: String
  /// The file's own rules first, then the members.
  public var parts: [Part]
  /// The kinds of rows that it makes, in the file's order; what `as_is` makes comes last.
  public var schemas: [RowSchemaCheck]
  /// What should not be left so.
  ///
  /// A row without a producer is none where `identity.topic` has the topics' names say whose rows they hold, and where every row
  /// has the number of its job and something says whose that is.
  public var warnings: [DecompositionWarning]
  /// What else should not be left so, under this configuration.
  public var findings: [CheckFinding]
  /// How many more warnings there are than these.
  public var omittedWarnings: Int

  /// Looks at a decomposition that LDMS accepts.
  ///
  /// - Parameter authorities: the sources that name owners of jobs; `nil` without a configuration.
  public init(_ decomposition: Decomposition, plan: RoutingPlan, authorities: JobAuthorities? = nil) {
    file = decomposition.file
    parts = decomposition.decomposers.enumerated().map { index, decomposer in
      Part(path: decomposition.path(of: index), kind: decomposer.kind.name, isApplied: decomposer.isApplied)
    }
    schemas = decomposition.rows.map { row in
      RowSchemaCheck(
        row.schema, isApplied: decomposition.decomposers[row.decomposer].isApplied, plan: plan, authorities: authorities
      )
    }
    if decomposition.storesAsIs { schemas.append(RowSchemaCheck(asIsUnder: plan, authorities: authorities)) }
    let needsProducer = schemas.contains { $0.columnCount != nil && $0.isUnowned }
    warnings = decomposition.warnings.filter { warning in
      switch warning.code {
      case .noProducer: plan.topicIdentity?.saysWhose != true && needsProducer
      case .asIsNoProducer: plan.topicIdentity?.saysWhose != true && authorities?.phrase == nil
      default: true
      }
    }
    findings = schemas.compactMap { $0.noJob(in: decomposition.file, jobMetrics: plan.jobMetrics) }
    omittedWarnings = decomposition.omittedWarnings
  }

  /// The kinds in a phrase: `static`, or `flex of 6 static and 1 as_is`.
  public var summary: String {
    guard let own = parts.first else { return "nothing" }
    let members = parts.dropFirst()
    let counts = ["static", "as_is", "flex"].compactMap { kind in
      let count = members.count { $0.kind == kind }
      return count > 0 ? "\(count) \(kind)" : nil
    }
    guard let last = counts.last else { return own.kind }
    let list = counts.count > 1 ? counts.dropLast().joined(separator: ", ") + " and " + last : last
    return "\(own.kind) of \(list)"
  }
}

extension RowSchemaCheck {
  /// What is wrong with rows that name hosts alone.
  ///
  /// - Parameter jobMetrics: those that may hold the number of a row's job.
  fileprivate func noJob(in file: String, jobMetrics: [String]) -> CheckFinding? {
    guard fate == .unassigned, let host = identity.first(where: { $0.role != .job }) else { return nil }
    return CheckFinding(
      .warning, at: file, code: "no-job",
      "rows of the row schema \(quoted(name)) name a host (\(host.name)), but neither a user nor a job",
      remedy: "add {\"src\": \"\(jobMetrics.first ?? "job_id")\"} to its \"cols\"")
  }

  /// Whether its rows reach nobody for want of a column, or of what says whose their jobs are.
  fileprivate var isUnowned: Bool {
    switch fate {
    case .routedByColumn, .routedByTopic, .neverArrive: false
    case .routedByJob, .routedByHost: authorities?.phrase == nil
    case .unassigned, .deadLettered: true
    }
  }
}

extension Decomposer.Kind {
  /// LDMS's name for it, as `type` has it.
  var name: String {
    switch self {
    case .static: "static"
    case .asIs: "as_is"
    case .flex: "flex"
    }
  }
}
