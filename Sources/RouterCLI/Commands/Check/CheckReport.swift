import Checking
import MetricRouter
import Naming

/// What `router check` found, before it is printed as text or as JSON.
struct CheckReport {
  /// A row and what would become of it.
  struct Row {
    /// The place where it was read.
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
  /// The given files that LDMS rejects.
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

  /// The sources of a configuration that name owners of jobs.
  private var authorities: JobAuthorities? { decompositions.lazy.flatMap(\.schemas).first?.authorities }

  /// Sentences about rows that name no user, and whether each is good news.
  var sentencesAboutJobs: [(text: String, isGood: Bool)] {
    var sentences: [(text: String, isGood: Bool)] = []
    func list(_ names: [String]) -> String { ValueKind.enumerated(names.map { PrintableText.escaped($0) }, "and") }
    if !routedByJob.isEmpty {
      sentences.append(
        (
          "Rows of \(list(routedByJob)) name no user. \(ownerSentence)",
          authorities?.phrase != nil || authorities == nil
        ))
    }
    let byHost = names { if case .routedByHost = $0.fate { true } else { false } }
    if !byHost.isEmpty {
      let knows = authorities?.messages.isEmpty == false
      let who =
        knows
        ? "Each belongs to the job that ran alone on its host at its time, according to Slurm's messages."
        : "Their host and time could identify it, but no topic of Slurm's messages is read; set jobs.events."
      sentences.append(("Rows of \(list(byHost)) name no job. \(who)", knows))
    }
    let unassigned = names { $0.fate == .unassigned }
    if !unassigned.isEmpty {
      let advice =
        "Rows of \(list(unassigned)) name no job, so they will be counted as unassigned and not copied. Add the column of a"
        + " job number to the decomposition, or, where Slurm gives each node to one job at a time, set identity.by-node:"
        + " exclusive."
      sentences.append((advice, false))
    }
    return sentences
  }

  /// The sentence about how rows with only a job number reach its user.
  var ownerSentence: String {
    guard let authorities else {
      return "The router can route them by the number of their job, if Slurm's messages (jobs.events) or other rows"
        + " (identity.owners) name its owner."
    }
    guard let phrase = authorities.phraseWithTopics else {
      return
        "Nothing names the owners of their jobs, except rows of the same job that name its user: set jobs.events to the"
        + " topics of Slurm's messages, or set identity.owners. All others will be dead-lettered as"
        + " \(DeadLetterReason.unknownJob.rawValue)."
    }
    let others =
      authorities.asksByNode
      ? "belong to the job that ran alone on their host at their time." : "are counted as unassigned and not copied."
    return
      "The owner of a job number, its nodes and its times come from \(phrase). A row waits up to \(authorities.wait) for them and is"
      + " then dead-lettered as \(DeadLetterReason.unknownJob.rawValue). Rows without a job number \(others)"
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
