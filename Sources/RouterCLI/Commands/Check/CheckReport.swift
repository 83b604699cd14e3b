import MetricRouter

/// What `router check` found, before it is printed as text or as JSON.
struct CheckReport {
  /// A row and what would become of it.
  struct Row {
    /// Where it was read.
    var name: String
    var bytes: [UInt8]
    var check: RowCheck

    /// Whether the bytes look like several rows, a line each.
    var looksLikeSeveral: Bool {
      var before: (UInt8, UInt8) = (0, 0)
      for byte in bytes {
        if before == (UInt8(ascii: "}"), UInt8(ascii: "\n")), byte == UInt8(ascii: "{") { return true }
        before = (before.1, byte)
      }
      return false
    }
  }

  var exitCode = ExitCode.ok
  /// Whether warnings alone made it fail.
  var isStrict = false
  /// Errors and warnings, in the order in which they were found.
  var findings: [CheckFinding] = []
  /// The files that were given and refused.
  var refusedFiles: [String] = []
  /// The decompositions that LDMS accepts.
  var decompositions: [DecompositionCheck] = []
  var configuration: ConfigurationCheck?
  /// How rows are routed: by the configuration, or else by the defaults.
  var plan: RoutingPlan?
  var row: Row?

  /// What the brokers answered.
  var cluster: ClusterCheck?

  /// Warnings of all kinds.
  var warningCount: Int { count(.warning) + (cluster?.lines.count { $0.verdict == .warning } ?? 0) }

  func count(_ severity: CheckFinding.Severity) -> Int { findings.count { $0.severity == severity } }

  /// Kinds of rows that will all be dead letters, by reason, in the order of the reasons.
  var deadLettered: [(reason: DeadLetterReason, schemas: [String])] {
    DeadLetterReason.allCases.compactMap { reason in
      var names: [String] = []
      for schema in decompositions.flatMap(\.schemas) where schema.fate == .deadLettered(reason) {
        let name = schema.columnCount == nil ? "as_is" : schema.name
        if !names.contains(name) { names.append(name) }
      }
      return names.isEmpty ? nil : (reason, names)
    }
  }
}
