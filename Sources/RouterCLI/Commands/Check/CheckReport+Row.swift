import Checking
import Decomp
import MetricRouter
import Naming

/// What would become of a row, for people.
extension CheckReport {
  /// How many refusals are shown.
  private static let mostMisses = 5
  /// How many bytes of the row are shown.
  private static let shownBytes = 200

  func print(_ row: Row, _ output: Output) throws(CommandFailure) {
    try output.line()
    let count = row.bytes.count == 1 ? "1 byte" : "\(HumanFormat.count(row.bytes.count)) bytes"
    let topic = row.check.topic.map { " on topic \(PrintableText.escaped($0))" } ?? ""
    try output.line("\(PrintableText.escaped(row.name)): a row of \(count)\(topic)")
    try printFields([("begins", Self.beginning(of: row.bytes))], output)
    for reading in row.check.readings { try print(reading, of: row, output) }
    try printMisses(of: row, output)
    try print(row.check.verdict, output)
    if row.looksLikeSeveral, row.check.readings.isEmpty {
      try printProse("This looks like several rows, one per line; give --row a single row.", output)
    }
  }

  static func beginning(of bytes: [UInt8]) -> String {
    let shown = PrintableText.escaped(bytes: bytes.prefix(shownBytes))
    return bytes.count > shownBytes ? shown + "..." : shown
  }

  private func print(_ reading: RowReading, of row: Row, _ output: Output) throws(CommandFailure) {
    try output.line()
    var fields = [("row schema", reading.schemaPhrase)]
    if let timestamp = reading.timestamp {
      let fraction = String(timestamp.microseconds)
      let zeros = String(repeating: "0", count: max(0, 6 - fraction.count))
      fields.append(("timestamp", "\(timestamp.seconds).\(zeros)\(fraction)"))
    }
    if let producer = reading.producer { fields.append(("producer", "\(producer), \(reading.ownerPhrase)")) }
    if let job = reading.jobID { fields.append((reading.jobColumn ?? "job", String(job))) }
    switch reading.fate {
    case .routed(let destination):
      let identity = destination.identity
      fields += [
        (
          "user",
          identity.isNamed ? "\(identity.user), from the producer's name" : "\(identity.user), the owner of the job"
        ),
        ("job", "\(identity.job), \(reading.phrase(of: identity.jobSource))"),
        ("node", reading.nodePhrase(identity)),
        ("user topic", destination.userTopic),
        ("job topic", destination.jobTopic),
      ]
    case .deadLettered(let refusal) where row.check.readings.count > 1:
      fields.append(("dead letter", "\(refusal.reason.rawValue): \(refusal.detail)"))
    case .dependsOnJob(_, let host):
      if let host { fields.append(("node", "\(host), from the producer's name")) }
    case .dependsOnHost(let host), .unassigned(let host?): fields.append(("node", "\(host), from the producer's name"))
    case .deadLettered, .dependsOnTopic, .unassigned(nil), .withheld: break
    }
    try printFields(fields, output)
  }

  /// Prints why row schemas reject the row, if none accepts it.
  private func printMisses(of row: Row, _ output: Output) throws(CommandFailure) {
    guard row.check.readings.isEmpty, !row.check.misses.isEmpty else { return }
    try output.line()
    try printFields(row.check.misses.prefix(Self.mostMisses).map { ($0.name, $0.detail) }, output)
    let rest = row.check.misses.count - Self.mostMisses
    if rest > 0 { try output.line("  and \(HumanFormat.count(rest)) more that fit less well") }
  }

  private func print(_ verdict: RowCheck.Verdict, _ output: Output) throws(CommandFailure) {
    try output.line()
    switch verdict {
    case .routed:
      try printProse("It would be routed.", output, .good)
    case .deadLettered(let refusal):
      let wait =
        refusal.reason == .unknownJob
        ? "It would wait for its owner to become known (identity.owner-wait), and then be dead-lettered"
        : "It would be dead-lettered"
      try printProse("\(wait) as \(refusal.reason.rawValue).", output, .bad)
      try printFields(
        [("detail", refusal.detail), ("meaning", refusal.reason.explanation)], output)
    case .dependsOnJob(let number, let why):
      try printProse(
        "It depends on job \(number): \(PrintableText.escaped(why)). Decide it with --connect, or with"
          + " --owner \(number)=USER@NODE.", output, .warning)
    case .dependsOnHost(let why):
      try printProse(
        "It depends on its host and its time: \(PrintableText.escaped(why)). Decide it with --connect, or with"
          + " --owner JOB=USER@NODE.", output, .warning)
    case .unassigned(let why):
      try printProse(
        "It would be counted as unassigned, and not copied: \(PrintableText.escaped(why)).", output, .warning)
    case .withheld(let why):
      try printProse("It would be withheld, and not copied: \(PrintableText.escaped(why)).", output, .warning)
    case .undecided(let why):
      try printProse("It depends on its topic: \(PrintableText.escaped(why)). Give it with --topic.", output, .warning)
    }
  }
}

extension RowReading {
  /// The row schema with its size.
  var schemaPhrase: String {
    let phrase =
      schema.map { "\($0.name) (\($0.columns.count == 1 ? "1 column" : "\($0.columns.count) columns"))" }
      ?? "stored as it is, with undeclared columns"
    return otherSchemas.isEmpty ? phrase : "\(phrase), or \(otherSchemas.joined(separator: " or "))"
  }

  var ownerPhrase: String {
    switch owner {
    case .column(_, let name): "from the column \(name)"
    case .topic: "from the topic's name"
    case nil: ""
    }
  }

  /// The source of the job, as a phrase.
  func phrase(of source: JobSource) -> String {
    switch source {
    case .template: "from the producer's name"
    // Without a number, host and time have led to it.
    case .column where jobID ?? 0 == 0: "the only one on its host at its time"
    case .column: "from the column \(jobColumn ?? "")"
    case .producer: "the producer name, because no other is known"
    }
  }

  /// The node and its source, as a phrase.
  func nodePhrase(_ identity: Identity) -> String {
    if identity.isNamed { return "\(identity.node), from the producer's name" }
    return owner == nil ? "\(identity.node), where its job runs" : "\(identity.node), \(ownerPhrase)"
  }
}

extension RowCheck.Miss {
  /// What stands before its detail.
  var name: String { PrintableText.shortened(schema ?? "as_is") }
}
