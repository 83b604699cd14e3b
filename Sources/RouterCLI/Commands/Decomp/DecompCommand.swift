import Decomp
import Naming
import Wording

/// `router decomp`: drafts a decomposition whose rows can be routed.
enum DecompCommand {
  static let files = Argument.repeating(
    "FILE", kind: .file, atLeastOne: true,
    help: """
      The output of 'ldms_ls -l -v -v', or rows of an as_is topic, a line each, in a file that is named after the topic. \
      '-' reads standard input.
      """)
  static let topic = Option.string(
    "topic", value: "TOPIC", help: "The topic of the rows in FILE, if the file is not named after it.")
  static let output = Option.file("output", short: "o", help: "Write the decomposition to FILE.")

  static let command = Command(
    name: "decomp",
    abstract: "Write a decomposition whose rows can be routed",
    discussion: """
      Rows of as_is decompositions do not name their owner. This command reads what a site has (the output of ldms_ls, or \
      rows) and writes a decomposition with the same columns, plus producer and instance: a flex with a static member for \
      each metric set, and for each list of a set with several lists. All FILEs together become one decomposition.

      The output of ldms_ls shows the names and types of all metrics; with -v -v, it shows the digests as well. Rows \
      show names only, but the topic's name contains digits of a digest over names and types, which usually proves the \
      types. A type without proof is omitted: LDMS then uses the type of the metric. At most 500 rows of a FILE \
      are read.

      The decomposition goes to standard output. Warnings and notes go to standard error, one per line.
      """,
    options: [topic, output],
    arguments: [files],
    examples: [
      CommandExample(
        "ldms_ls -h agg -p 411 -l -v -v | router decomp - > decomp.json", "For all metric sets of an aggregator."),
      CommandExample("router decomp rows/*.jsonl --output decomp.json", "From rows: rows/meminfo_4b63562.jsonl etc."),
      CommandExample(
        "kcat -b kafka -Ce -t jobid_3f8abe6 | router decomp --topic jobid_3f8abe6 -", "From the rows of one topic."),
      CommandExample("router check decomp.json", "See what LDMS and the router make of the result."),
    ],
    exits: [
      CommandExit(.ok, "The decomposition is written. Warnings say what it lacks."),
      CommandExit(.badInput, "A FILE is neither rows of an as_is topic nor the output of ldms_ls."),
      CommandExit(.inputMissing, "A FILE cannot be read."),
      CommandExit(.writeFailed, "The decomposition cannot be written."),
    ],
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let files = arguments[files]
    let topic = try topic(arguments)
    var inputs: [DraftInput] = []
    for file in files { inputs.append(try read(file, topic: topic)) }
    let draft: DecompositionDraft
    do {
      draft = try DecompositionDraft(inputs)
    } catch {
      throw failure(error)
    }
    let path = arguments[output]
    if let path {
      try DraftFile.write(draft.json, to: path)
    } else {
      try context.output.write(draft.json)
      try context.output.flush()
    }
    try report(draft, path: path, context)
    return .ok
  }

  /// The topic that `--topic` names.
  private static func topic(_ arguments: ParsedArguments) throws(CommandFailure) -> String? {
    guard let topic = arguments[topic] else { return nil }
    guard arguments[files].count == 1 else {
      throw CommandFailure(
        .usage, "--topic names the topic of one FILE, and there are \(arguments[files].count)",
        hint: "Name each file after its topic instead, such as meminfo_4b63562.jsonl.")
    }
    guard Decomposition.asIsSchema(ofTopic: topic) != nil else {
      throw CommandFailure(
        .usage, "\(PrintableText.quoted(topic)) is not the name of an as_is topic",
        hint: "Such names end with seven digits of a digest, as in meminfo_4b63562.")
    }
    return topic
  }

  private static func read(_ file: String, topic: String?) throws(CommandFailure) -> DraftInput {
    let read = try DraftFile.read(file)
    do {
      return try DraftInput(bytes: read, file: file == "-" ? "standard input" : file, topic: topic)
    } catch {
      throw failure(error)
    }
  }

  private static func failure(_ error: DraftInputError) -> CommandFailure {
    let place = PrintableText.escaped(error.file) + (error.line.map { ":\($0)" } ?? "")
    return CommandFailure(
      .badInput, "\(place): \(PrintableText.escaped(error.problem))",
      hint: error.remedy.prefix(1).uppercased() + error.remedy.dropFirst() + ".")
  }

  /// Says what the draft lacks, and what it holds.
  private static func report(
    _ draft: DecompositionDraft, path: String?, _ context: CommandContext
  ) throws(CommandFailure) {
    for remark in draft.remarks {
      let word = remark.severity.rawValue
      let styled = remark.severity == .warning ? context.errors.terminal.styled(word, .warning) : word
      let text = remark.message + (remark.remedy.map { "; \($0)" } ?? "")
      try context.errors.line(
        "\(PrintableText.escaped(remark.place)): \(styled): \(PrintableText.escaped(text))")
    }
    let names = draft.members.map { PrintableText.escaped($0.rowSchema.name) }
    let count = names.count == 1 ? "1 row schema" : "\(HumanFormat.count(names.count)) row schemas"
    let target = path.map { " in \(PrintableText.escaped($0))" } ?? ""
    try context.errors.line("\(count)\(target), each with a topic of its name: \(names.joined(separator: ", "))")
    try context.errors.flush()
  }
}
