import MetricRouter
import Naming

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
      let names = names { $0.fate == .deadLettered(reason) }
      return names.isEmpty ? nil : (reason, names)
    }
  }

  /// Kinds of rows that only their job's number leads to a user.
  var routedByJob: [String] { names(where: \.dependsOnJob) }

  /// What that means for them.
  var routedByJobSentence: String {
    "Rows of \(ValueKind.enumerated(routedByJob.map { PrintableText.escaped($0) }, "and")) name no user. They are routed"
      + " where Slurm's messages (jobs.events), or other rows of the job, say whose it is, and dead-lettered as"
      + " \(DeadLetterReason.noIdentity.rawValue) where nothing does"
  }

  private func names(where isMeant: (RowSchemaCheck) -> Bool) -> [String] {
    var names: [String] = []
    for schema in decompositions.flatMap(\.schemas) where isMeant(schema) {
      let name = schema.columnCount == nil ? "as_is" : schema.name
      if !names.contains(name) { names.append(name) }
    }
    return names
  }
}

extension RowSchemaCheck {
  /// Whether the rows reach users only by what the index of jobs knows.
  var dependsOnJob: Bool { if case .routedByJob = fate { true } else { false } }
}
