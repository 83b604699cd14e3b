import Testing

@testable import RouterCLI

/// Command lines and what a command gets of them.
struct ParsingTests {
  private struct Outcome {
    let exitCode: ExitCode
    let output: String
    let errors: String
  }

  private func run(_ words: [String]) -> Outcome {
    let context = ExampleCommands.context()
    let exitCode = CommandRunner(context).run(words)
    return Outcome(exitCode: exitCode, output: context.output.text, errors: context.errors.text)
  }

  @Test(arguments: [
    ("tail --user alice", "user=alice"),
    ("tail --user=alice", "user=alice"),
    ("tail --user=a=b", "user=a=b"),
    ("tail --user=-a", "user=-a"),
    ("tail -u alice", "user=alice"),
    ("tail -ualice", "user=alice"),
    ("tail -u -", "user=-"),
    ("tail -qv -u alice", "user=alice quiet verbose"),
    ("tail -qvu alice", "user=alice quiet verbose"),
    ("tail -qvualice", "user=alice quiet verbose"),
    ("tail -q -q -u a", "user=a quiet"),
    ("tail -u a -n 5", "user=a lines=5"),
    ("tail -u a -n5", "user=a lines=5"),
    ("tail -u a --lines=1000", "user=a lines=1000"),
    ("tail -u a -o -7", "user=a offset=-7"),
    ("tail -u a --offset -7", "user=a offset=-7"),
    ("tail -u a --factor 2.25", "user=a factor=2.25"),
    ("tail -u a --since 1h30m", "user=a since=5400.0 seconds"),
    ("tail -u a --since=500s", "user=a since=500.0 seconds"),
    ("tail -u a --from-beginning", "user=a from-beginning"),
    (
      "tail -u a --columns load1min,load5min --columns irq.24#0",
      "user=a columns=[\"load1min\", \"load5min\", \"irq.24#0\"]"
    ),
    ("tail -u a --node c1 --node=c2", "user=a node=[\"c1\", \"c2\"]"),
    ("tail -u a --format csv", "user=a format=csv"),
    ("tail -u a -fjson", "user=a format=json"),
    ("tail --config /etc/r.yaml --job 7", "job=7 config=/etc/r.yaml"),
    ("tail one --user a two", "user=a topics=[\"one\", \"two\"]"),
    ("tail --user a -- --job -x --", "user=a topics=[\"--job\", \"-x\", \"--\"]"),
    ("tail --user a -- tail", "user=a topics=[\"tail\"]"),
    ("tail --user a -", "user=a topics=[\"-\"]"),
    ("--no-color tail --user a", "user=a no-color"),
    ("tail --user a --no-color", "user=a no-color"),
    ("group tail --user a", "user=a"),
    ("topics", "list state=- json=false"),
    ("topics list", "list state=- json=false"),
    ("topics --json", "list state=- json=true"),
    ("topics --json list --state ended", "list state=ended json=true"),
    ("topics list --json", "list state=- json=true"),
    ("topics --state ended", "list state=ended json=false"),
    ("topics --state ended --json", "list state=ended json=true"),
  ])
  func reads(_ line: String, _ expected: String) {
    let outcome = run(line.split(separator: " ").map { String($0) })
    #expect(outcome.output == expected + "\n")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == .ok)
  }

  @Test func passesTheCommandsExitCodeOn() {
    let outcome = run(["topics", "plan", "--directory", "topics", "a file", "7", "--yes"])
    #expect(outcome.exitCode == .checkFailed)
    #expect(outcome.output == "plan yes=true directory=topics file=a file limit=7 json=false\n")
  }

  @Test(arguments: [
    // Options that do not exist.
    ("tail --usr a", "unknown option --usr", "Did you mean --user? See 'router help tail'."),
    ("tail --suer a", "unknown option --suer", "Did you mean --user? See 'router help tail'."),
    ("tail --User a", "unknown option --User", "Did you mean --user? See 'router help tail'."),
    ("tail --conf a", "unknown option --conf", "Did you mean --config? See 'router help tail'."),
    ("tail --us a", "unknown option --us", "Did you mean --user? See 'router help tail'."),
    ("tail --zzzzzz", "unknown option --zzzzzz", "See 'router help tail'."),
    ("tail --=x", "unknown option --", "See 'router help tail'."),
    ("tail -x", "unknown option -x", "See 'router help tail'."),
    ("tail -qxv", "unknown option -x in '-qxv'", "See 'router help tail'."),
    ("tail -lines=5", "unknown option -l in '-lines=5'", "Did you mean --lines=5?|See 'router help tail'."),
    ("--user alice tail", "unknown option --user", "It belongs after 'router tail'.|See 'router help'."),
    ("--jsn", "unknown option --jsn", "See 'router help'."),
    ("topics --stat ended", "unknown option --stat", "Did you mean --state? See 'router help topics list'."),
    ("topics plan --state x", "unknown option --state", "See 'router help topics plan'."),
    // Commands that do not exist.
    ("tial", "unknown command 'tial'", "Did you mean 'tail'? See 'router help'."),
    ("tai", "unknown command 'tai'", "Did you mean 'tail'? See 'router help'."),
    ("zebra", "unknown command 'zebra'", "See 'router help'."),
    ("x", "unknown command 'x'", "See 'router help'."),
    ("topics plna", "unknown command 'plna' of 'router topics'", "Did you mean 'plan'? See 'router help topics'."),
    ("-- tail", "unknown command 'tail'", "Did you mean 'tail'? See 'router help'."),
    // Values that are missing or wrong.
    ("tail --user", "--user needs a value", "Write --user USER.|See 'router help tail'."),
    ("tail -u", "-u needs a value", "Write -u USER.|See 'router help tail'."),
    (
      "tail --user --job", "--user needs a value, but '--job' follows",
      "Write --user USER; a value that begins with a dash is written --user=VALUE.|See 'router help tail'."
    ),
    (
      "tail --since -5", "--since needs a value, but '-5' follows",
      "Write --since DURATION; a value that begins with a dash is written --since=VALUE.|See 'router help tail'."
    ),
    ("tail --user=", "--user cannot be ''", "It must not be empty.|See 'router help tail'."),
    ("tail --quiet=yes", "--quiet takes no value", "Write --quiet alone.|See 'router help tail'."),
    (
      "tail -n=5", "'-n=5' has an = after a short option", "Write -n VALUE or --lines=VALUE.|See 'router help tail'."
    ),
    ("tail -n 0", "-n cannot be '0'", "Allowed: 1 to 1000.|See 'router help tail'."),
    ("tail -n -3", "-n cannot be '-3'", "Allowed: 1 to 1000.|See 'router help tail'."),
    ("tail -nfive", "-n cannot be 'five'", "Write a whole number (1 to 1000).|See 'router help tail'."),
    ("tail -n 5.0", "-n cannot be '5.0'", "Write a whole number (1 to 1000).|See 'router help tail'."),
    (
      "tail -n 99999999999999999999", "-n cannot be '99999999999999999999'",
      "Allowed: 1 to 1000.|See 'router help tail'."
    ),
    (
      "tail -o 99999999999999999999", "-o cannot be '99999999999999999999'",
      "It is too large.|See 'router help tail'."
    ),
    ("tail --factor nan", "--factor cannot be 'nan'", "Write a number (0 to 10).|See 'router help tail'."),
    ("tail --factor 11", "--factor cannot be '11'", "Allowed: 0 to 10.|See 'router help tail'."),
    (
      "tail --since 10", "--since cannot be '10'", "A unit is missing: write 10s, 10m or 10h.|See 'router help tail'."
    ),
    (
      "tail --since soon", "--since cannot be 'soon'",
      "Write a duration such as 15s, 10m, 1h30m or 2d.|See 'router help tail'."
    ),
    ("tail --since 2d", "--since cannot be '2d'", "Allowed: 1s to 1d.|See 'router help tail'."),
    (
      "tail --columns a,,b", "--columns cannot be 'a,,b'",
      "Separate the names by single commas.|See 'router help tail'."
    ),
    (
      "tail --format tabel", "--format cannot be 'tabel'",
      "Did you mean table? Use json, csv or table.|See 'router help tail'."
    ),
    ("tail --format xml", "--format cannot be 'xml'", "Use json, csv or table.|See 'router help tail'."),
    ("tail --config=", "--config cannot be ''", "Write a path.|See 'router help tail'."),
    // Twice, together, not at all.
    ("tail --user a --user b", "--user is given twice, 'a' and 'b'", "Give it once.|See 'router help tail'."),
    ("tail -ua --user=a", "--user is given twice, 'a' and 'a'", "Give it once.|See 'router help tail'."),
    ("tail --user a --job 7", "--user and --job exclude each other", "Give one of them.|See 'router help tail'."),
    (
      "tail --user a --since 1s --from-beginning", "--from-beginning and --since exclude each other",
      "Give one of them.|See 'router help tail'."
    ),
    ("tail", "--user or --job is missing", "Write --user USER or --job JOB.|See 'router help tail'."),
    ("topics plan f", "--directory is missing", "Write --directory DIRECTORY.|See 'router help topics plan'."),
    (
      "topics plan --directory d", "FILE is missing",
      "Usage: router topics plan --directory DIRECTORY [OPTION]... FILE [LIMIT]|See 'router help topics plan'."
    ),
    (
      "topics plan --directory d f 7 8", "unexpected argument '8'",
      "Usage: router topics plan --directory DIRECTORY [OPTION]... FILE [LIMIT]|See 'router help topics plan'."
    ),
  ])
  func refuses(_ line: String, _ message: String, _ hint: String) {
    let outcome = run(line.split(separator: " ").map { String($0) })
    let hintLines = hint.split(separator: "|").map { "  \($0)\n" }.joined()
    #expect(outcome.errors == "router: \(message)\n\(hintLines)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.exitCode == .usage)
  }

  @Test(arguments: [
    ["tail", "--user", "a", "--job=\u{1B}[31m\n", "--bogus\r"], ["\u{1B}]0;title\u{7}"], ["tail", "--\u{1B}[2J"],
    ["tail", "-\u{1B}[2J"],
    ["tail", "--user", "a", "--format", "\u{202E}gpj"],
  ])
  func showsHostileWordsEscaped(_ words: [String]) {
    let outcome = run(words)
    #expect(outcome.exitCode == .usage)
    #expect(outcome.errors.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0 != "\u{202E}" })
  }

  @Test func shortensLongWords() {
    let outcome = run([String(repeating: "x", count: 100_000)])
    #expect(outcome.errors.utf8.count < 200)
    #expect(outcome.exitCode == .usage)
  }

  @Test(arguments: [
    ["--help"], ["-h"], ["tail", "--help"], ["tail", "-h"], ["tail", "--bogus", "--help"], ["tail", "-qh"],
    ["tail", "--format", "xml", "-h"], ["--help", "tail"], ["topics", "plan", "--help"], ["topics", "--help"],
    ["--version", "--help"],
  ])
  func helpWinsAndIsAnAnswer(_ words: [String]) {
    let outcome = run(words)
    #expect(outcome.output.hasPrefix("Usage: router"))
    #expect(outcome.errors.isEmpty)
    #expect(outcome.exitCode == .ok)
  }

  @Test(arguments: [["tail", "--user", "a", "--", "--help"], ["tail", "--user=--help"]])
  func aWordIsNotAlwaysARequestForHelp(_ words: [String]) {
    #expect(run(words).output.hasPrefix("user="))
  }

  @Test(arguments: [["--version"], ["tail", "--version"], ["--no-color", "--version"]])
  func showsTheVersion(_ words: [String]) {
    let outcome = run(words)
    #expect(outcome.output == "router 1.2.3\n")
    #expect(outcome.exitCode == .ok)
  }

  @Test(arguments: [([], "router"), (["group"], "router group"), (["--no-color"], "router")] as [([String], String)])
  func tooLittleGetsShortHelp(_ words: [String], _ program: String) {
    let outcome = run(words)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("Usage: \(program) [OPTION]... COMMAND [ARGUMENT]...\n"))
    #expect(outcome.errors.hasSuffix("'\(program) --help' says more.\n"))
    #expect(!outcome.errors.contains("fail"))
    #expect(outcome.exitCode == .usage)
  }

  @Test func reportsAFailureAfterWhatWasPrinted() {
    let outcome = run(["fail"])
    #expect(outcome.output == "before\n")
    #expect(
      outcome.errors == """
        router: no broker answers at localhost:9092
          Check bootstrap.servers.
            router check --connect --config /a/rather/long/path/that/is/not/broken/anywhere.yaml

        """)
    #expect(outcome.exitCode == .brokerUnavailable)
  }

  @Test func breaksHintsButNotCommandsOnATerminal() {
    let context = ExampleCommands.context(errors: Terminal(columns: 24, rows: 24, usesColours: true))
    #expect(CommandRunner(context).run(["fail"]) == .brokerUnavailable)
    #expect(context.errors.text.hasPrefix("\u{1B}[1;31mrouter:\u{1B}[0m no broker"))
    #expect(context.errors.text.contains("\n    router check --connect --config /a/rather/long/"))
  }

  @Test func survivesNonsense() {
    // Every line of up to three words out of a set of awkward ones ends in an answer or in a usage error.
    let words = [
      "", "-", "--", "---", "-=", "--=", "=", "tail", "topics", "-n", "-n5", "--user", "--user=", "a b", "-ü", "--ü",
      "\u{0}", "🦆", "-🦆", "--no-color", "-hh",
    ]
    for first in words {
      for second in words {
        for third in words {
          let outcome = run([first, second, third])
          #expect([.ok, .usage].contains(outcome.exitCode), "\([first, second, third])")
        }
      }
    }
  }
}
