import TestSupport
import Testing

@testable import MetricRouter

@Suite struct ProducerTemplatesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var producer: String
    var nodes = ""
    var templates = ProducerTemplates.standard
    /// `user/job/node` with `-` for no job, or the reason.
    var expected: String
    var testDescription: String { "\(Name(producer)) [\(nodes)]" }
  }

  /// An identification in short.
  static func short(_ identification: Identification) -> String {
    switch identification {
    case .identity(let reading): "\(reading.user.text)/\(reading.job?.text ?? "-")/\(reading.node.text)"
    case .refused(let reason, _): reason.rawValue
    }
  }

  @Test(arguments: [
    Case(producer: "userA:101:c2", expected: "userA/101/c2"),
    Case(producer: "userA-c2", expected: "userA/-/c2"),
    Case(producer: "jean-luc-c1", expected: "ambiguous-producer"),
    Case(producer: "jean-luc-c1", nodes: "c[1-3]", expected: "jean-luc/-/c1"),
    Case(producer: "jean-luc-c4", nodes: "c[1-3]", expected: "ambiguous-producer"),
    Case(producer: "jean-luc-c1", nodes: "luc-c1", expected: "jean/-/luc-c1"),
    Case(producer: "a-b-c", nodes: "c,b-c", expected: "ambiguous-producer"),
    Case(producer: "a-b-c", nodes: "b-c", expected: "a/-/b-c"),
    Case(producer: "a:1:b-c", expected: "a/1/b-c"),
    Case(producer: "jean-luc:7:gpu-01", expected: "jean-luc/7/gpu-01"),
    Case(producer: "us\"er\\A-c2", expected: "bad-producer"),
    Case(producer: "us\u{e9}r-c3", expected: "us\u{e9}r/-/c3"),
    Case(producer: "j\u{fc}rgen:12:c1", expected: "j\u{fc}rgen/12/c1"),
    Case(producer: "ju\u{308}rgen:12:c1", expected: "ju\u{308}rgen/12/c1"),
    Case(producer: "\u{4e2d}\u{6587}:1:c1", expected: "\u{4e2d}\u{6587}/1/c1"),
    Case(producer: "x@dom:1:c1", expected: "x@dom/1/c1"),
    Case(producer: "x@dom-c1", expected: "x@dom/-/c1"),
    Case(producer: "host$-c1", expected: "host$/-/c1"),
    Case(producer: "1001:55:c1", expected: "1001/55/c1"),
    Case(producer: "a.b_c:1:n01.example.org", expected: "a.b_c/1/n01.example.org"),
    Case(producer: "..:1:c", expected: "../1/c"),
    Case(producer: "u:0:c", expected: "u/0/c"),
    Case(producer: "userA::c2", expected: "bad-producer"),
    Case(producer: ":1:c", expected: "bad-producer"),
    Case(producer: "a:1:", expected: "bad-producer"),
    Case(producer: "", expected: "bad-producer"),
    Case(producer: "userA", expected: "bad-producer"),
    Case(producer: "-", expected: "bad-producer"),
    Case(producer: "-c", expected: "bad-producer"),
    Case(producer: "a-", expected: "bad-producer"),
    Case(producer: "a:b:c", expected: "bad-producer"),
    Case(producer: "a:1:c:d", expected: "bad-producer"),
    Case(producer: "a:1_2:c", expected: "bad-producer"),
    Case(producer: "a:-1:c", expected: "bad-producer"),
    // A `:` is never within a field, so that nothing of another's shows up as a node or user.
    Case(producer: "a:1-c", expected: "bad-producer"),
    Case(producer: "a-c:1", expected: "bad-producer"),
    Case(producer: "a:1:c", templates: ["{user}-{node}"], expected: "bad-producer"),
    Case(producer: "a:1:b-c", templates: ["{user}-{node}"], expected: "bad-producer"),
    // Decided by one reading, but no such name can be.
    Case(producer: "-a:1:c", expected: "bad-producer"),
    Case(producer: "-a-c", expected: "bad-producer"),
    Case(producer: "@a:1:c", expected: "bad-producer"),
    Case(producer: "$:1:c", expected: "bad-producer"),
    Case(producer: "a$b:1:c", expected: "bad-producer"),
    Case(producer: "\u{301}a:1:c", expected: "bad-producer"),
    Case(producer: "a:1:-c", expected: "bad-producer"),
    Case(producer: "a:1:c-", expected: "bad-producer"),
    Case(producer: "a:1:c.", expected: "bad-producer"),
    Case(producer: "a:1:.c", expected: "bad-producer"),
    Case(producer: "a:01:c", expected: "bad-producer"),
    Case(producer: "a:00:c", expected: "bad-producer"),
    Case(producer: "a:18446744073709551615:c", expected: "a/18446744073709551615/c"),
    Case(producer: "a:118446744073709551615:c", expected: "bad-producer"),
    Case(producer: "a:1:\u{fc}", expected: "bad-producer"),
    Case(producer: "a:\u{661}:c", expected: "bad-producer"),
    // What no host may be called does not decide between readings: that would be a guess.
    Case(producer: "a--c", expected: "ambiguous-producer"),
    Case(producer: "a--c", nodes: "c", expected: "a-/-/c"),
    Case(producer: "a-c-", expected: "bad-producer"),
    // A name with one reading needs no node list, and is not held against it.
    Case(producer: "userA-c9", nodes: "c[1-3]", expected: "userA/-/c9"),
    Case(producer: "a:1:c9", nodes: "c[1-3]", expected: "a/1/c9"),
    Case(producer: "jean-luc@dom-c1", expected: "jean-luc@dom/-/c1"),
    // Several readings end the search: a later template could only hide the doubt.
    Case(producer: "a-b-c", templates: ["{user}-{node}", "{any}-{user}-{node}"], expected: "ambiguous-producer"),
    Case(producer: "a-b-c", templates: ["{any}-{user}-{node}", "{user}-{node}"], expected: "b/-/c"),
    Case(producer: "a-b", templates: ["{any}-{user}-{node}", "{user}-{node}"], expected: "a/-/b"),
    Case(producer: "a-12-c", templates: ["{user}-{job}-{node}"], expected: "a/12/c"),
    Case(producer: "a-12-13-c", templates: ["{user}-{job}-{node}"], expected: "ambiguous-producer"),
    // Readings that differ in {any} alone are one.
    Case(producer: "u:n:1-2-3", templates: ["{user}:{node}:{any}-{any}"], expected: "u/-/n"),
  ])
  func identifies(_ one: Case) throws {
    let templates = try ProducerTemplates(one.templates, nodes: NodeList(one.nodes))
    let found = templates.identify(one.producer.utf8)
    #expect(Self.short(found).utf8.elementsEqual(one.expected.utf8), "\(found)")
  }

  @Test func nodesThatAreListedDecideAlsoForTheSecondTemplate() throws {
    let templates = try ProducerTemplates(nodes: NodeList("c[1-3],gpu-[01-16]"))
    #expect(Self.short(templates.identify("jean-luc-gpu-07".utf8)) == "jean-luc/-/gpu-07")
    #expect(Self.short(templates.identify("jean-luc-gpu-7".utf8)) == "ambiguous-producer")
    #expect(Self.short(templates.identify("jean-luc-C1".utf8)) == "ambiguous-producer")
  }

  /// One byte sequence after another that no producer may have, within an otherwise good name.
  @Test(
    arguments: [
      ([0x00], "U+0000, a control character"), ([0x0a], "control"), ([0x1b], "control"), ([0x7f], "control"),
      ([0xc2, 0x85], "U+0085, a control character"),
      ([0x20], "a space"), ([0x09], "control"), ([0xc2, 0xa0], "U+00A0, a space"), ([0xe2, 0x80, 0xa8], "a space"),
      ([0xe3, 0x80, 0x80], "a space"),
      ([0x22], "`\"`"), ([0x27], "`'`"), ([0x60], "```"), ([0x5c], "`\\`"), ([0x2f], "`/`"), ([0x2c], "`,`"),
      ([0x7b], "`{`"), ([0x7d], "`}`"), ([0x5b], "`[`"), ([0x28], "`(`"), ([0x3b], "`;`"), ([0x26], "`&`"),
      ([0x7c], "`|`"), ([0x3c], "`<`"), ([0x3e], "`>`"), ([0x2a], "`*`"), ([0x3f], "`?`"), ([0x21], "`!`"),
      ([0xe2, 0x80, 0xae], "U+202E, a format control"), ([0xe2, 0x80, 0x8b], "U+200B, a format control"),
      ([0xe2, 0x80, 0x8d], "format control"), ([0xef, 0xbb, 0xbf], "U+FEFF, a format control"),
      ([0xe2, 0x81, 0xa6], "format control"), ([0xc2, 0xad], "U+00AD, a format control"),
      ([0xf3, 0xa0, 0x81, 0x81], "U+E0041, a format control"),
      ([0xef, 0xb8, 0x8f], "U+FE0F, an invisible character"), ([0xe3, 0x85, 0xa4], "U+3164, an invisible character"),
      ([0xcd, 0x8f], "U+034F, an invisible character"),
      ([0xf0, 0x9f, 0x98, 0x80], "U+1F600, neither a letter nor a digit"), ([0xee, 0x80, 0x80], "neither"),
      ([0xef, 0xbc, 0x8d], "neither"), ([0xef, 0xbc, 0x9a], "neither"),
      ([0xff], "not UTF-8"), ([0xc3], "not UTF-8"), ([0x80], "not UTF-8"),
      ([0xc0, 0xad], "not UTF-8"), ([0xc0, 0x80], "not UTF-8"), ([0xe0, 0x80, 0xad], "not UTF-8"),
      ([0xed, 0xa0, 0x80], "not UTF-8"), ([0xf4, 0x90, 0x80, 0x80], "not UTF-8"),
    ] as [([UInt8], String)])
  func refusesBytes(bytes: [UInt8], kind: String) throws {
    let templates = try ProducerTemplates()
    for name in ["userA:101:c2", "userA-c2"].map({ Array($0.utf8) }) {
      for place in 0...name.count {
        let producer = name[..<place] + bytes + name[place...]
        guard case .refused(.badProducer, let detail) = templates.identify(producer) else {
          Issue.record("\(producer) was identified")
          continue
        }
        #expect(detail.contains(kind))
        #expect(detail.contains("byte \(place + 1):"))
        #expect(detail.unicodeScalars.allSatisfy { (" "..."~").contains($0) }, "\(detail)")
      }
    }
  }

  @Test func theLongestProducerHas255Bytes() throws {
    let templates = try ProducerTemplates()
    let fits = "u:1:" + String(repeating: "c", count: 251)
    #expect(Self.short(templates.identify(fits.utf8)) == "u/1/" + String(repeating: "c", count: 251))
    guard case .refused(.badProducer, let detail) = templates.identify((fits + "c").utf8) else {
      Issue.record("256 bytes were read")
      return
    }
    #expect(detail == "the producer name has 256 bytes; at most 255 are read")
  }

  @Test func namesThatLookAlikeAreTwoUsers() throws {
    let templates = try ProducerTemplates()
    guard case .identity(let composed) = templates.identify("j\u{fc}rgen:1:c".utf8),
      case .identity(let decomposed) = templates.identify("ju\u{308}rgen:1:c".utf8)
    else {
      Issue.record("not identified")
      return
    }
    #expect(composed.user.text == decomposed.user.text)
    #expect(composed.user != decomposed.user)
    #expect(composed != decomposed)
    #expect(Set([composed.user, decomposed.user]).count == 2)
  }

  @Test func refusalsSayWhatWasRead() throws {
    let templates = try ProducerTemplates()
    #expect(
      templates.identify("jean-luc-c1".utf8)
        == .refused(
          .ambiguousProducer,
          detail:
            "producer `jean-luc-c1` may be user `jean`, node `luc-c1`; or user `jean-luc`, node `c1`"))
    #expect(
      templates.identify("userA".utf8)
        == .refused(
          .badProducer,
          detail: "producer `userA` fits no template; tried `{user}:{job}:{node}`, `{user}-{node}`"))
    #expect(
      templates.identify("us\"er\\A-c2".utf8)
        == .refused(
          .badProducer,
          detail: "producer `us\"er\\\\A-c2`, byte 3: `\"`, which producer names may not have"))
    // With several listed nodes, only the readings that they leave are shown.
    let listed = try ProducerTemplates(nodes: NodeList("c,b-c"))
    #expect(
      listed.identify("x-a-b-c".utf8)
        == .refused(
          .ambiguousProducer, detail: "producer `x-a-b-c` may be user `x-a`, node `b-c`; or user `x-a-b`, node `c`"))
  }

  @Test func aNameWithTooManyReadingsIsAmbiguous() throws {
    // One listed node among the readings that were looked at says nothing about the others.
    let node = String(repeating: "a-", count: 57) + "only"
    let templates = try ProducerTemplates(["{any}-{any}-{user}-{node}"], nodes: NodeList(node))
    let name = "a-a-a-" + node
    #expect(Self.short(templates.identify(name.utf8)) == "ambiguous-producer")
  }

  @Test func refusesTemplates() throws {
    let noUser = try #require(throws: NamePatternError.self) { try ProducerTemplates(["{job}:{node}"]) }
    #expect(noUser.problem == .missingField(.user))
    let noNode = try #require(throws: NamePatternError.self) { try ProducerTemplates(["{user}-{node}", "{user}"]) }
    #expect(noNode.problem == .missingField(.node))
    #expect("\(noNode)" == "pattern `{user}`, character 7: the pattern lacks {node}; add {node}")
    let none = try #require(throws: NamePatternError.self) { try ProducerTemplates([]) }
    #expect(none.problem == .noPatterns)
    let foreign = try #require(throws: NamePatternError.self) { try ProducerTemplates(["{user}-{node}.{schema}"]) }
    #expect(foreign.problem == .unknownField("schema", suggestion: nil))
    let empty = try #require(throws: NamePatternError.self) { try ProducerTemplates(["{user}-{node}", ""]) }
    #expect(empty.problem == .empty)
  }

  @Test func theFirstTemplateGivesBackWhatMadeTheName() throws {
    let templates = try ProducerTemplates()
    var generator = SeededGenerator(seed: 101)
    for _ in 0..<5000 {
      let user =
        generator.text(of: "abZ09_.\u{e9}", lengths: 1...1) + generator.text(of: "ab-._@\u{e9}9", lengths: 0...9)
      let job = String(UInt64.random(in: 0...UInt64(UInt32.max), using: &generator))
      let node = generator.text(of: "c1g", lengths: 1...1) + generator.text(of: "-._9", lengths: 0...4) + "n"
      #expect(
        templates.identify("\(user):\(job):\(node)".utf8)
          == .identity(ProducerReading(user: Name(user), job: Name(job), node: Name(node))))
    }
  }

  /// Whoever named the sampler meant one user and node.
  ///
  /// Whatever is read must be that, or nothing.
  @Test func theSecondTemplateNeverNamesAnother() throws {
    let nodes = ["c", "c1", "a", "b-c", "a-c1"]
    let listed = try ProducerTemplates(nodes: NodeList(nodes.joined(separator: ",")))
    let unlisted = try ProducerTemplates()
    var generator = SeededGenerator(seed: 7)
    var identified = 0
    var refused = 0
    for _ in 0..<5000 {
      let user = "a" + generator.text(of: "abc1-", lengths: 0...6)
      let node = nodes.randomElement(using: &generator) ?? "c"
      let producer = "\(user)-\(node)"
      let meant = Identification.identity(ProducerReading(user: Name(user), node: Name(node)))
      for templates in [listed, unlisted] {
        let found = templates.identify(producer.utf8)
        if found == meant {
          identified += 1
        } else {
          #expect(Self.short(found) == "ambiguous-producer", "\(producer)")
          refused += 1
        }
      }
      let isPlain = producer.utf8.filter { $0 == UInt8(ascii: "-") }.count == 1
      #expect((unlisted.identify(producer.utf8) == meant) == isPlain)
    }
    #expect(identified > 1000)
    #expect(refused > 1000)
  }

  @Test func noBytesBreakIt() throws {
    let templates = try ProducerTemplates(nodes: NodeList("c[1-3]"))
    var generator = SeededGenerator(seed: 99)
    let seeds = ["userA:101:c2", "userA-c2", "jean-luc-c1", "j\u{fc}rgen:1:c1"].map { Array($0.utf8) }
    for _ in 0..<20_000 {
      var name = seeds.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0...name.count, using: &generator)
        if Bool.random(using: &generator) || place == name.count {
          name.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        } else {
          name.remove(at: place)
        }
      }
      switch templates.identify(name) {
      case .identity(let reading):
        // What was read is in the name, in order, and nothing of it is a separator.
        let fields = [reading.user, reading.job, reading.node].compactMap(\.?.bytes)
        #expect(name == Array(fields.joined(separator: [fields.count == 3 ? 0x3a : 0x2d])))
        #expect(fields.allSatisfy { !$0.isEmpty && !$0.contains(0x3a) })
      case .refused(let reason, let detail):
        #expect(reason == .badProducer || reason == .ambiguousProducer)
        #expect(detail.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
      }
    }
  }
}
