import Testing

@testable import Decomp

/// What is under the reader: places in a text, expressions, near names.
@Suite("Decomposition: places and expressions")
struct DecompositionJSONTests {
  /// The place of a path in a text, and the repeated keys.
  func locate(
    _ text: String, _ steps: [JSONPath.Step], _ target: JSONLocator.Target = .value
  ) -> (JSONLocator.Position?, [JSONLocator.Repetition]) {
    var locator = JSONLocator()
    locator.ask(for: steps.reduce(JSONPath.root) { $0.appending($1) }, target)
    let found = Array(text.utf8).withUnsafeBytes { locator.locate(in: $0, repetitionLimit: 10) }
    return (found.positions.first, found.repetitions)
  }

  static func key(_ key: String) -> JSONPath.Step { .key(Array(key.utf8)) }

  static let text = """
    { "a": [ 1, {"b" : "]},\\"", "\\u0063\\ud83d\\ude00": [] }, [[2]] ],
      "a\\n\\/": -1.5e3,
      "d": {"e": 1}, "d": {"f": 2,
        "e": true}, "g": "\\\\" , "h":null}
    """

  @Test(arguments: [
    ([], 1, 1), ([key("a")], 1, 8), ([key("a"), .index(0)], 1, 10), ([key("a"), .index(1)], 1, 13),
    ([key("a"), .index(1), key("b")], 1, 20), ([key("a"), .index(1), key("c\u{1F600}")], 1, 51),
    ([key("a"), .index(2), .index(0), .index(0)], 1, 59), ([key("a\n/")], 2, 12), ([key("d"), key("e")], 4, 10),
    ([key("g")], 4, 22), ([key("h")], 4, 33),
    // Not there: the start.
    ([key("x")], 1, 1), ([key("a"), .index(3)], 1, 1),
  ])
  func values(_ steps: [JSONPath.Step], _ line: Int, _ column: Int) {
    #expect(locate(Self.text, steps).0 == JSONLocator.Position(line: line, column: column))
  }

  @Test func keysAndRepetitions() {
    let (position, repetitions) = locate(Self.text, [Self.key("d")], .key)
    #expect(position == JSONLocator.Position(line: 3, column: 18))
    #expect(repetitions.map(\.path.description) == ["$.d"])
    #expect(repetitions.map(\.position) == [JSONLocator.Position(line: 3, column: 18)])
    let nested = locate(#"{"a":[{"b":1,"c":2,"b":3}],"A":1}"#, [], .value).1
    #expect(nested.map(\.path.description) == ["$.a[0].b"])
  }

  /// The locator is safe on whatever text, though jansson has seen all of it first.
  @Test(arguments: ["", "\"", "\"\\", "{\"a", "{\"a\\\"", "}}]]", "{\"\\u12\":1}", "[1,", "{,:", "{\"\\ud800\\u\":1}"])
  func brokenTexts(_ text: String) {
    #expect(locate(text, [Self.key("a"), .index(1)]).0 == JSONLocator.Position(line: 1, column: 1))
  }

  @Test func pathsAreQuotedWhereNeeded() {
    let path = JSONPath.root.appending(Self.key("a b")).appending(.index(3)).appending(Self.key("x-1_y"))
      .appending(Self.key("")).appending(Self.key("\"\n\u{202E}"))
    #expect(path.description == #"$["a b"][3].x-1_y[""]["\"\n\u{202e}"]"#)
  }

  @Test(arguments: [
    "", "meminfo", "^(meminfo|vmstat)$", "^user[AB]-", "c[0-9]{1,4}", "a|b|", "[]a]", "[^]a]+", "(a+)+", "\\(", "a{,3}",
    "^(" + (1...800).map { "nid\($0)" }.joined(separator: "|") + ")/.*$",
    "([0-9]{1,3}\\.){3}[0-9]{1,3}", String(repeating: "(", count: 100) + String(repeating: ")", count: 100),
  ])
  func goodExpressions(_ pattern: String) {
    #expect(POSIXPattern.fault(in: pattern) == nil)
  }

  @Test(arguments: [
    ("(a", "Unmatched ( or \\("), ("[a", "Unmatched [, [^"), ("a\\", "Trailing backslash"),
    ("(((a{99999999999})))", "too big"), ("*(", ""),
  ])
  func badExpressions(_ pattern: String, _ words: String) throws {
    guard case .invalid(let said) = POSIXPattern.fault(in: pattern) else {
      Issue.record("\(pattern) is accepted")
      return
    }
    #expect(said.contains(words))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "((a{255}){255}){255}", "(((((((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+", "(a?){32767}",
      "a{1000}{1000}", "(a{90})*{90}", "(a{90})?{90}", "a{90,}{90}",
      String(repeating: "(", count: 100_000),
      String(repeating: "a", count: 10_000),
      "[[:alpha:]]{200}{200}", "(\\(\\({200}){200}",
    ])
  func expensiveExpressions(_ pattern: String) {
    #expect(POSIXPattern.fault(in: pattern) == .tooLarge)
  }

  /// What is just allowed compiles in little time and memory.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "(a?){1900}", "(a*b?){1000}", "(a+){2000}", "(((a+)+)+)+", String(repeating: "a|", count: 4000), "(a|b|c?){600}",
    ])
  func affordableExpressions(_ pattern: String) {
    #expect(POSIXPattern.fault(in: pattern) == nil)
  }
}
