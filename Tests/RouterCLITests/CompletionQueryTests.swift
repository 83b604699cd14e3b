import Testing

@testable import RouterCLI

/// What is offered at the cursor, which stands at the end of the line.
struct CompletionQueryTests {
  private func answer(_ line: String) -> CompletionAnswer {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
    return CompletionQuery(ExampleCommands.context(), words: words.dropLast()).answer(words.last ?? "")
  }

  private func words(_ line: String) -> [String]? {
    guard case .words(let candidates) = answer(line) else { return nil }
    return candidates.map(\.value)
  }

  @Test(arguments: [
    ("", ["tail", "topics", "group"]),
    ("t", ["tail", "topics"]),
    ("zebra", []),
    ("-", ["--no-color", "--help", "--version", "-h"]),
    ("--v", ["--version"]),
    ("group ", ["tail"]),
    ("--no-color t", ["tail", "topics"]),
    ("topics ", ["list", "plan"]),
    ("topics --s", ["--state"]),
    ("topics --state ended --j", ["--json"]),
    ("topics plan --", ["--yes", "--directory", "--json", "--no-color", "--help", "--version"]),
    ("tail --f", ["--from-beginning", "--factor", "--format"]),
    ("tail --format ", ["json", "csv", "table"]),
    ("tail --format t", ["table"]),
    ("tail --format=", ["--format=json", "--format=csv", "--format=table"]),
    ("tail --format=c", ["--format=csv"]),
    ("tail -f ", ["json", "csv", "table"]),
    ("tail -qf j", ["json"]),
    ("tail --user ", ["alice", "bob:7:c1"]),
    ("tail --user=b", ["--user=bob:7:c1"]),
    ("tail -u al", ["alice"]),
    // Free values, and words after --.
    ("tail --lines ", []),
    ("tail -- -", []),
    ("tail --bogus=", []),
    // Excluded by what is there already: the other way to say whose rows, and single options given.
    ("tail --user a --j", []),
    ("tail --user a --u", []),
    ("tail --since 1s --fr", []),
    ("tail --node c1 --no", ["--node", "--no-color"]),
    ("tail --quiet --q", []),
  ])
  func offers(_ line: String, _ expected: [String]) {
    #expect(words(line) == expected)
  }

  @Test(arguments: ["tail --config ", "tail --config /et", "tail --config=x", "topics plan --yes "])
  func offersFiles(_ line: String) {
    #expect(answer(line) == .files)
  }

  @Test(arguments: ["topics plan --directory ", "topics plan --directory="])
  func offersDirectories(_ line: String) {
    #expect(answer(line) == .directories)
  }

  @Test func offersOptionsWhereNothingElseCanFollow() throws {
    let offered = try #require(words("topics plan --directory d file 5 "))
    #expect(offered.contains("--yes"))
    #expect(!offered.contains("--directory"))
  }

  @Test func explainsWhatItOffers() {
    #expect(answer("ta").lines == ["words", "tail\tShow rows as they arrive"])
    #expect(answer("tail --user a").lines == ["words", "alice\t3 jobs"])
    #expect(answer("tail --config ").lines == ["files"])
    #expect(answer("zebra").lines == ["words"])
  }

  @Test func neverOffersControlCharacters() {
    let answer = CompletionAnswer.words([
      CompletionCandidate("a\nb"), CompletionCandidate("c\u{1B}[2J"), CompletionCandidate("d", "e\nf"),
    ])
    #expect(answer.lines == ["words", "d\te\\nf"])
  }

  @Test func givesDynamicValuesWhatTheLineSays() {
    let since = Option.string("config", value: "FILE", help: "A file.")
    let user = Option.string(
      "user", value: "USER",
      completion: .dynamic { arguments, _ in [CompletionCandidate("from-" + (arguments[since] ?? "default"))] },
      help: "A user.")
    let root = Command(name: "router", abstract: "Route", options: [since, user], run: { _, _ in .ok })
    let context = CommandContext(
      root: root, version: "", output: Output(capturingFor: .none), errors: Output(capturingFor: .none),
      environment: [:])
    #expect(
      CompletionQuery(context, words: ["--config", "x", "--user"]).answer("")
        == .words([CompletionCandidate("from-x")]))
    #expect(CompletionQuery(context, words: ["--user"]).answer("") == .words([CompletionCandidate("from-default")]))
  }

  @Test func survivesNonsense() {
    let words = ["", "-", "--", "=", "--=", "--user", "--user=", "-u", "-qx", "tail", "topics", "🦆", "-🦆", "\u{0}"]
    for first in words {
      for second in words {
        for third in words {
          _ = CompletionQuery(ExampleCommands.context(), words: [first, second]).answer(third).lines
        }
      }
    }
  }
}
