import TestSupport
import Testing

@testable import Naming

@Suite struct NamePatternTests {
  static let producerFields: [NameField] = [.user, .job, .node, .any]

  static func pattern(_ text: String) throws(NamePatternError) -> NamePattern {
    try NamePattern(text, known: producerFields, allowed: NameCharacters.mayStandInProducer)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var pattern: String
    var position: Int
    var problem: NamePatternError.Problem
    var testDescription: String { "\(Name(pattern))" }
  }

  @Test(arguments: [
    Refusal(pattern: "", position: 0, problem: .empty),
    Refusal(pattern: "abc", position: 0, problem: .noField),
    Refusal(pattern: "{usr}-{node}", position: 0, problem: .unknownField("usr", suggestion: .user)),
    Refusal(pattern: "{user}-{Node}", position: 7, problem: .unknownField("Node", suggestion: .node)),
    Refusal(pattern: "{user}-{nodes}", position: 7, problem: .unknownField("nodes", suggestion: .node)),
    Refusal(pattern: "{user}-{host}", position: 7, problem: .unknownField("host", suggestion: nil)),
    Refusal(pattern: "{user}-{schema}", position: 7, problem: .unknownField("schema", suggestion: nil)),
    Refusal(pattern: "{}-{node}", position: 0, problem: .unknownField("", suggestion: nil)),
    Refusal(pattern: "{ user}-{node}", position: 0, problem: .unknownField(" user", suggestion: .user)),
    Refusal(pattern: "{user}-{node}-{user}", position: 14, problem: .repeatedField(.user)),
    Refusal(pattern: "{user}{node}", position: 6, problem: .adjacentFields(.user, .node)),
    Refusal(pattern: "{any}{any}", position: 5, problem: .adjacentFields(.any, .any)),
    Refusal(pattern: "{user", position: 0, problem: .unbalancedBrace),
    Refusal(pattern: "{user}-{node", position: 7, problem: .unbalancedBrace),
    Refusal(pattern: "user}-{node}", position: 4, problem: .unbalancedBrace),
    Refusal(pattern: "{user}}-{node}", position: 6, problem: .unbalancedBrace),
    Refusal(pattern: "{{user}}-{node}", position: 1, problem: .unbalancedBrace),
    Refusal(pattern: "{user}/{node}", position: 6, problem: .impossibleCharacter("/")),
    Refusal(pattern: "{user} {node}", position: 6, problem: .impossibleCharacter(" ")),
    Refusal(pattern: "{user}\u{e9}{node}", position: 6, problem: .impossibleCharacter("\u{e9}")),
    Refusal(
      pattern: "{user}-" + String(repeating: "x", count: 250), position: 255, problem: .tooLong),
  ])
  func refuses(_ refusal: Refusal) throws {
    let error = try #require(throws: NamePatternError.self) { try Self.pattern(refusal.pattern) }
    #expect(error.problem == refusal.problem)
    #expect(error.position == refusal.position)
    #expect(error.pattern == refusal.pattern)
    #expect(!error.remedy.isEmpty)
  }

  @Test func errorsSayWhatWhereAndWhatToDo() throws {
    let error = try #require(throws: NamePatternError.self) { try Self.pattern("{user}-{nod}") }
    #expect(
      "\(error)"
        == "pattern `{user}-{nod}`, character 8: unknown field {nod}; did you mean {node}? "
        + "Fields are {user}, {job}, {node}, {any}")
    let hostile = try #require(throws: NamePatternError.self) { try Self.pattern("{\u{1b}[31m}") }
    #expect("\(hostile)".contains("{\\x1b[31m}"))
  }

  @Test func keepsTextAndFields() throws {
    let pattern = try Self.pattern("x-{any}.{user}:{job}:{node}+{any}")
    #expect(pattern.description == "x-{any}.{user}:{job}:{node}+{any}")
    #expect(pattern.fields == [.any, .user, .job, .node, .any])
  }

  /// A reading as text, to compare.
  static func shown(_ pattern: String, _ name: String) throws -> [String] {
    let bytes = Array(name.utf8)
    return try Self.pattern(pattern).readings(of: bytes).all.map { reading in
      reading.ranges.map { "\($0.field.rawValue)=\(Name(bytes[$0.range]))" }.joined(separator: " ")
    }
  }

  @Test(arguments: [
    ("{user}:{job}:{node}", "userA:101:c2", ["user=userA job=101 node=c2"]),
    ("{user}:{job}:{node}", "userA:x:c2", []),
    ("{user}:{job}:{node}", "userA::c2", []),
    ("{user}:{job}:{node}", ":1:c", []),
    ("{user}:{job}:{node}", "a:1:", []),
    ("{user}:{job}:{node}", "a:1:c:d", []),
    ("{user}-{node}", "userA-c2", ["user=userA node=c2"]),
    ("{user}-{node}", "jean-luc-c1", ["user=jean node=luc-c1", "user=jean-luc node=c1"]),
    ("{user}-{node}", "a--c", ["user=a node=-c", "user=a- node=c"]),
    ("{user}-{node}", "-c", []),
    ("{user}-{node}", "a-", []),
    ("{user}-{node}", "", []),
    ("{user}-{node}", "jean-luc@dom-c1", ["user=jean-luc@dom node=c1"]),
    ("{user}-{node}", "x-us\u{e9}r-c3", ["user=x-us\u{e9}r node=c3"]),
    ("{user}-{node}", "usera-c\u{e9}", []),
    ("s.{any}.{user}-{node}", "s.1.2.a-b", ["any=1 user=2.a node=b", "any=1.2 user=a node=b"]),
    ("{user}-{node}-end", "a-b-end", ["user=a node=b"]),
    ("{user}-{node}-end", "a-b-end-end", ["user=a node=b-end", "user=a-b node=end"]),
  ])
  func reads(pattern: String, name: String, readings: [String]) throws {
    #expect(try Self.shown(pattern, name) == readings)
  }

  @Test func readsNothingOutOfBytesThatAreNoText() throws {
    let pattern = try Self.pattern("{user}-{node}")
    for bytes: [UInt8] in [
      [0x61, 0xff, 0x2d, 0x62], [0x61, 0xc3, 0x2d, 0x62], [0xc0, 0xad, 0x61, 0x2d, 0x62],
      [0x61, 0x2d, 0xed, 0xa0, 0x80], [0x61, 0xc0, 0xad, 0x62],
    ] {
      #expect(pattern.readings(of: bytes).all.isEmpty)
    }
  }

  @Test func aLongNameIsNotRead() throws {
    let pattern = try Self.pattern("{user}-{node}")
    #expect(pattern.readings(of: Array(("a-" + String(repeating: "c", count: 253)).utf8)).all.count == 1)
    #expect(pattern.readings(of: Array(("a-" + String(repeating: "c", count: 254)).utf8)).all.isEmpty)
  }

  @Test(.timeLimit(.minutes(1))) func theWorstNameEndsSoon() throws {
    let pattern = try Self.pattern(Array(repeating: "{any}", count: 20).joined(separator: "-") + "-{user}=")
    let dashes = Array(String(repeating: "-", count: 255).utf8)
    #expect(pattern.readings(of: dashes).all.isEmpty)
    let many = try Self.pattern("{any}-{any}-{any}-{user}-{node}").readings(of: dashes)
    #expect(many.all.count == NamePattern.mostReadings)
    #expect(!many.isComplete)
  }

  @Test func theBoundIsExact() throws {
    // {user}-{any}-{node} over n dashes and n+1 letters between them has n(n-1)/2 readings: 91 dashes give 4095.
    let pattern = try Self.pattern("{user}-{any}-{node}")
    let below = pattern.readings(of: Array(Array(repeating: "a", count: 92).joined(separator: "-").utf8))
    #expect(below.all.count == 4095)
    #expect(below.isComplete)
    #expect(Set(below.all).count == 4095)
    let above = pattern.readings(of: Array(Array(repeating: "a", count: 93).joined(separator: "-").utf8))
    #expect(above.all.count == 4096)
    #expect(!above.isComplete)
  }

  /// Splits the name in every way and keeps those that fit: slow, and plainly right.
  static func bruteForce(_ parts: ArraySlice<NamePattern.Part>, _ name: ArraySlice<Character>) -> [String] {
    guard let part = parts.first else { return name.isEmpty ? [""] : [] }
    let rest = parts.dropFirst()
    switch part {
    case .literal(let literal):
      let text = String(decoding: literal, as: UTF8.self)
      return String(name).hasPrefix(text) ? bruteForce(rest, name.dropFirst(text.count)) : []
    case .field(let field):
      return (0...name.count).dropFirst().flatMap { length -> [String] in
        let value = String(name.prefix(length))
        let allowed =
          switch field {
          case .user: "ab1-.@\u{fc}"
          case .job: "1"
          case .node: "ab1-."
          case .any: "ab1-.@\u{fc}="
          case .schema, .producer: ""
          }
        guard value.allSatisfy({ allowed.contains($0) }) else { return [] }
        return bruteForce(rest, name.dropFirst(length)).map { "\(field.rawValue)=\(value) \($0)" }
      }
    }
  }

  @Test func readingsAreThoseOfBruteForce() throws {
    var generator = SeededGenerator(seed: 32)
    var seen = 0
    for _ in 0..<4000 {
      let fields = ["{user}", "{node}", "{job}", "{any}"].shuffled(using: &generator)
        .prefix(Int.random(in: 1...4, using: &generator))
      var text = generator.text(of: "a-:.", lengths: 0...1)
      for field in fields { text += field + generator.text(of: "a1-:.=", lengths: 1...1) }
      if Bool.random(using: &generator) { text.removeLast() }
      let pattern = try Self.pattern(text)
      // Half of the names follow the pattern, so that there is something to read; the others are noise.
      var name = ""
      if Bool.random(using: &generator) {
        for part in pattern.parts {
          switch part {
          case .literal(let literal): name += String(decoding: literal, as: UTF8.self)
          case .field(.job): name += generator.text(of: "1", lengths: 1...2)
          case .field(.node): name += generator.text(of: "ab1--.", lengths: 1...3)
          case .field: name += generator.text(of: "ab1--.@\u{fc}", lengths: 1...3)
          }
        }
      } else {
        name = generator.text(of: "ab1--::.@\u{fc}=", lengths: 0...9)
      }
      let bytes = Array(name.utf8)
      let readings = pattern.readings(of: bytes).all.map { reading in
        reading.ranges.map { "\($0.field.rawValue)=\(Name(bytes[$0.range])) " }.joined()
      }
      let expected = Self.bruteForce(pattern.parts[...], Array(name)[...])
      #expect(readings.sorted() == expected.sorted(), "\(text) of \(name)")
      seen += expected.count
    }
    #expect(seen > 2000)
  }
}
