import Access
import Checking
import Decomp
import Kafka
import Logging
import MetricRouter
import Naming
import RouterConfiguration

/// The report for people: findings on standard error, the rest on standard output.
extension CheckReport {
  func print(_ context: CommandContext) throws(CommandFailure) {
    try printFindings(context.errors)
    let output = context.output
    for decomposition in decompositions { try print(decomposition, output) }
    // Who asks about a row has read the rest before.
    if let row {
      try print(row, output)
    } else {
      for (reason, schemas) in deadLettered {
        try output.line()
        try printProse(
          "Rows of \(ValueKind.enumerated(schemas.map { PrintableText.escaped($0) }, "and")) will be dead-lettered as"
            + " \(reason.rawValue): \(reason.explanation).", output, .warning)
      }
      for (text, isGood) in sentencesAboutJobs {
        try output.line()
        try printProse(text, output, isGood ? .plain : .warning)
      }
      if let configuration { try print(configuration, output) }
    }
    if let cluster { try print(cluster, output) }
    if isStrict {
      // Said where the others look: the exit code alone does not say why.
      try context.output.flush()
      try context.errors.line("\(warnings) with --strict: not accepted")
      try context.errors.flush()
    }
  }

  private var warnings: String {
    warningCount == 1 ? "1 warning" : "\(HumanFormat.count(warningCount)) warnings"
  }

  private func printFindings(_ errors: Output) throws(CommandFailure) {
    for finding in findings {
      let isError = finding.severity == .error
      let word = errors.terminal.styled(finding.severity.rawValue, isError ? .bad : .warning)
      let start = "\(PrintableText.escaped(finding.place)): "
      let rest = finding.description.dropFirst(finding.place.count + 2 + finding.severity.rawValue.count)
      try errors.line(
        errors.priority(isError ? .error : .warning) + start + word + PrintableText.escaped(String(rest)))
    }
    let omitted = decompositions.reduce(0) { $0 + $1.omittedWarnings }
    if omitted > 0 { try errors.line("\(errors.priority(.warning))and \(HumanFormat.count(omitted)) more warnings") }
    try errors.flush()
  }

  private func print(_ decomposition: DecompositionCheck, _ output: Output) throws(CommandFailure) {
    let file = PrintableText.escaped(decomposition.file)
    let verdict = output.terminal.styled("LDMS accepts it", .good)
    try output.line(
      "\(file): \(verdict); \(decomposition.summary)\(decomposition.schemas.isEmpty ? ", which makes no rows" : "")")
    guard row == nil, !decomposition.schemas.isEmpty else { return }
    try output.line()
    var table = Table([
      .shrinking("ROW SCHEMA"), .number("COLUMNS"), .shrinking("IDENTITY"), .shrinking("TOPIC"), .shrinking("ROUTED"),
    ])
    for schema in decomposition.schemas {
      table.add([
        TableCell(schema.name), TableCell(schema.columnCount.map { String($0) } ?? "any"),
        TableCell(schema.identity.isEmpty ? "-" : schema.identity.map(\.phrase).joined(separator: ", ")),
        TableCell(schema.topics.phrase), TableCell(schema.fatePhrase, schema.isRouted ? .good : .warning),
      ])
    }
    try table.print(to: output)
  }

  private func print(_ configuration: ConfigurationCheck, _ output: Output) throws(CommandFailure) {
    let settings = configuration.settings
    let names = settings.plan.names
    let user = "\(names.prefix).user.<user>"
    try output.line()
    let file = PrintableText.escaped(configuration.file ?? "environment")
    try output.line("\(file): \(output.terminal.styled("a router can start with it", .good))")
    try printFields(
      [
        ("group", settings.group),
        ("instance", settings.consumer["group.instance.id"] ?? ""),
        ("delivery", configuration.configuration.delivery.rawValue),
        ("reads", settings.inputs.joined(separator: ", ")),
        ("job events", settings.jobMessages.isEmpty ? "none" : settings.jobMessages.joined(separator: ", ")),
        ("writes", "\(user).rows, \(user).job.<job>, \(names.deadLetters)"),
        ("producers named", settings.plan.producers.patterns.map { "\($0)" }.joined(separator: ", ")),
        ("topics named", settings.plan.topicIdentity.map { "\($0.pattern)" } ?? "after the row schema"),
        ("user ACLs", rights(settings)),
        ("kafka", "\(configuration.configuration.kafka)"),
      ], output)
    let shared = settings.plan.sharedInputs
    if !shared.isEmpty {
      try output.line()
      try printProse(settings.plan.sharedInputsSentence, output)
    }
  }

  /// The phrase that says who grants users permission to read their topics.
  private func rights(_ settings: RouterSettings) -> String {
    switch settings.accessMode {
    case .off: "granted by an administrator (acl: off)"
    case .on, .required:
      "granted by the router (acl: \(settings.accessMode.rawValue)) to \(settings.userAccess.principal)"
    }
  }

  /// Prints names and values in two columns; a long value continues below its start.
  func printFields(_ fields: [(name: String, value: String)], _ output: Output) throws(CommandFailure) {
    let width = fields.reduce(0) { max($0, $1.name.count) }
    for (name, value) in fields {
      let start = "  " + output.terminal.styled(name, .faint) + String(repeating: " ", count: width - name.count + 2)
      let value = PrintableText.escaped(value)
      let columns = output.terminal.columns.map { max(20, $0 - width - 4) }
      let lines = columns.map { TextWrap.lines(value, columns: $0) } ?? [value]
      try output.line(start + (lines.first ?? ""))
      for line in lines.dropFirst() { try output.line(String(repeating: " ", count: width + 4) + line) }
    }
  }

  /// A sentence that fits the terminal.
  func printProse(_ text: String, _ output: Output, _ style: TextStyle = .plain) throws(CommandFailure) {
    let lines = output.terminal.columns.map { TextWrap.lines(text, columns: $0) } ?? [text]
    for line in lines { try output.line(output.terminal.styled(line, style)) }
  }
}

extension RowSchemaCheck.IdentityColumn {
  /// The column, with its role where its name does not say it.
  var phrase: String {
    let usual = role == .job ? "job_id" : role.rawValue
    return name == usual ? name : "\(name) (\(usual))"
  }
}

extension RowSchemaCheck.Topics {
  var phrase: String {
    switch self {
    case .named(let topic): topic
    case .pattern(let expression): expression
    case .shared(let inputs): inputs.joined(separator: ", ")
    case .identityPattern(let pattern): pattern
    }
  }
}

extension RowSchemaCheck {
  /// The fate of the rows, in a few words.
  var fatePhrase: String {
    switch fate {
    case .routedByColumn(let column): "by \(column.name)"
    case .routedByTopic: "by the topic's name"
    case .routedByJob(.columns(let columns)):
      "by \(columns.map(\.name).joined(separator: " or, if that is 0, ")); \(ownersPhrase)"
    case .routedByJob(.metrics(let metrics)):
      "by \(metrics.joined(separator: " or ")) where a row has it; \(ownersPhrase)"
    case .routedByHost(let column): "by \(column.name) and time; \(ownersPhrase)"
    case .unassigned: "no: they belong to no job"
    case .deadLettered(let reason): "no: \(reason.rawValue)"
    case .neverArrive(let why): "no rows: \(why)"
    }
  }

  private var ownersPhrase: String {
    guard let authorities else { return "owner from Slurm's messages" }
    return authorities.phrase.map { "owner from \($0)" } ?? "nothing names the owner"
  }
}
