@testable import RouterCLI

/// Commands with one of everything, to test parsing, help, completion and man pages on.
enum ExampleCommands {
  enum Format: String, CaseIterable {
    case json, csv, table
  }

  static let noColour = SharedOptions.noColour
  static let user = Option.string(
    "user", short: "u", value: "USER", group: "Which rows",
    completion: .dynamic { _, _ in [CompletionCandidate("alice", "3 jobs"), CompletionCandidate("bob:7:c1")] },
    help: "Rows of USER only.")
  static let job = Option.string("job", value: "JOB", group: "Which rows", help: "Rows of JOB only.")
  static let fromBeginning = Option.flag("from-beginning", group: "Which rows", help: "Begin with the oldest row.")
  static let since = Option.duration(
    "since", value: "DURATION", in: .seconds(1)...(.seconds(86_400)), group: "Which rows",
    help: "Begin with the rows of the last DURATION.")
  static let lines = Option.integer("lines", short: "n", value: "N", in: 1...1000, help: "Stop after N rows.")
  static let offset = Option.integer("offset", short: "o", value: "N", default: 0, help: "Skip N rows.")
  static let factor = Option.number("factor", value: "X", in: 0...10, default: 1.5, help: "Replay X times as fast.")
  static let columns = Option.list("columns", value: "COLUMN,...", help: "Show these columns only.")
  static let node = Option.strings("node", value: "NODE", help: "Rows of NODE; give it again for more.")
  static let format = Option.choice("format", short: "f", value: "FORMAT", default: Format.table, help: "How to print.")
  static let quiet = Option.flag("quiet", short: "q", help: "Print nothing.")
  static let verbose = Option.flag("verbose", short: "v", help: "Print more.")
  static let config = Option.file("config", default: "router.yaml", help: "Read the configuration from FILE.")
  static let topic = Argument.repeating("TOPIC", help: "Topics to read.")

  static let tail = Command(
    name: "tail", abstract: "Show rows as they arrive",
    discussion: """
      Rows are shown as they arrive, until Ctrl-C. This sentence is only here so that the paragraph is longer than a line.

        indented  lines   stay
      """,
    options: [
      user, job, fromBeginning, since, lines, offset, factor, columns, node, format, quiet, verbose, config,
    ],
    arguments: [topic],
    rules: [.exactlyOne(user, job), .atMostOne(fromBeginning, since)],
    examples: [CommandExample("router tail --user alice --since 10m", "What alice's jobs did lately.")],
    exits: [CommandExit(.brokerUnavailable)],
    run: { arguments, context throws(CommandFailure) in
      try context.output.line(describe(arguments))
      return .ok
    })

  static let state = Option.string("state", value: "STATE", help: "Topics in STATE only.")
  static let json = SharedOptions.json
  static let yes = Option.flag("yes", help: "Do not ask.")
  static let directory = Option.directory("directory", help: "Where the settings are.").required()
  static let file = Argument.required("FILE", kind: .file, help: "What to plan.")
  static let limit = Argument.optional("LIMIT", help: "How many.")

  static let topics = Command(
    name: "topics", abstract: "Show and make topics", options: [json],
    subcommands: [
      Command(
        name: "list", abstract: "List topics", options: [state],
        run: { arguments, context throws(CommandFailure) in
          try context.output.line("list state=\(arguments[state] ?? "-") json=\(arguments[json])")
          return .ok
        }),
      Command(
        name: "plan", abstract: "Show what would change", options: [yes, directory], arguments: [file, limit],
        run: { arguments, context throws(CommandFailure) in
          try context.output.line(
            "plan yes=\(arguments[yes]) directory=\(arguments[directory]) file=\(arguments[file]) "
              + "limit=\(arguments[limit] ?? "-") json=\(arguments[json])")
          return .checkFailed
        }),
    ],
    defaultSubcommand: "list")

  static let fail = Command(
    name: "fail", abstract: "Fail", isHidden: true,
    run: { _, context throws(CommandFailure) in
      try context.output.line("before")
      throw CommandFailure(
        .brokerUnavailable, "no broker answers at localhost:9092",
        hint:
          "Check bootstrap.servers.\n  router check --connect --config /a/rather/long/path/that/is/not/broken/anywhere.yaml"
      )
    })

  static let group = Command(name: "group", abstract: "Hold commands", subcommands: [fail, tail])

  static let root = Command(
    name: "router", abstract: "Route rows",
    options: [noColour, SharedOptions.help, SharedOptions.version],
    subcommands: [tail, topics, group, fail])

  /// Every value of `tail` that is not its default.
  static func describe(_ arguments: ParsedArguments) -> String {
    var parts: [String] = []
    if let user = arguments[user] { parts.append("user=\(user)") }
    if let job = arguments[job] { parts.append("job=\(job)") }
    if arguments[fromBeginning] { parts.append("from-beginning") }
    if let since = arguments[since] { parts.append("since=\(since)") }
    if let lines = arguments[lines] { parts.append("lines=\(lines)") }
    if arguments[offset] != 0 { parts.append("offset=\(arguments[offset])") }
    if arguments[factor] != 1.5 { parts.append("factor=\(arguments[factor])") }
    if !arguments[columns].isEmpty { parts.append("columns=\(arguments[columns])") }
    if !arguments[node].isEmpty { parts.append("node=\(arguments[node])") }
    if arguments[format] != .table { parts.append("format=\(arguments[format])") }
    if arguments[quiet] { parts.append("quiet") }
    if arguments[verbose] { parts.append("verbose") }
    if arguments[config] != "router.yaml" { parts.append("config=\(arguments[config])") }
    if !arguments[topic].isEmpty { parts.append("topics=\(arguments[topic])") }
    if arguments[noColour] { parts.append("no-color") }
    return parts.joined(separator: " ")
  }

  /// A context that keeps what is printed.
  static func context(output: Terminal = .none, errors: Terminal = .none) -> CommandContext {
    CommandContext(
      root: root, version: "router 1.2.3", output: Output(capturingFor: output), errors: Output(capturingFor: errors),
      environment: [:])
  }
}
