import TestSupport
import Testing

@testable import Naming

@Suite struct ProducerTemplatesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var producer: String
    var nodes = "c,c[1-3],n,1,1-c"
    var templates = Capture.producers
    /// `user/job/node` with `-` for no job, or the reason.
    var expected: String
    var testDescription: String { "\(Name(producer)) [\(nodes)]" }
  }

  /// An identification in short.
  static func short(_ identification: Identification) -> String {
    switch identification {
    case .identity(let reading): "\(reading.user.text)/\(reading.job?.text ?? "-")/\(reading.node.text)"
    case .host(let node): "host \(node.text)"
    case .refused(let reason, _): reason.rawValue
    }
  }

  @Test(arguments: [
    Case(producer: "userA:101:c2", expected: "userA/101/c2"),
    Case(producer: "userA-c2", expected: "userA/-/c2"),
    Case(producer: "jean-luc-c1", nodes: "c1,luc-c1", expected: "ambiguous-producer"),
    Case(producer: "jean-luc-c1", nodes: "c[1-3]", expected: "jean-luc/-/c1"),
    Case(producer: "jean-luc-c4", nodes: "c[1-3]", expected: "bad-producer"),
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
    Case(producer: "a--c", nodes: "c,-c", expected: "ambiguous-producer"),
    Case(producer: "a--c", nodes: "c", expected: "a-/-/c"),
    Case(producer: "a-c-", expected: "bad-producer"),
    // A node that is not listed may be part of a host's name, with one reading or with several.
    Case(producer: "userA-c9", nodes: "c[1-3]", expected: "bad-producer"),
    Case(producer: "orion-01", nodes: "c[1-3]", expected: "bad-producer"),
    // Where nothing can be part of a host's name, the list is no list of what is allowed.
    Case(producer: "a:1:c9", nodes: "c[1-3]", expected: "a/1/c9"),
    Case(producer: "jean-luc@dom-c1", expected: "jean-luc@dom/-/c1"),
    // Two templates with two users are a doubt, whichever comes first.
    Case(producer: "a-b-c", templates: ["{user}-{node}", "{any}-{user}-{node}"], expected: "ambiguous-producer"),
    Case(producer: "a-b-c", templates: ["{any}-{user}-{node}", "{user}-{node}"], expected: "ambiguous-producer"),
    Case(producer: "a-c", templates: ["{any}-{user}-{node}", "{user}-{node}"], expected: "a/-/c"),
    Case(producer: "b-7:c", templates: ["{user}-{job}:{node}", "{user}:{node}"], expected: "ambiguous-producer"),
    Case(producer: "b:7:c", templates: ["{user}:{any}:{node}", "{user}:{job}:{node}"], expected: "b/-/c"),
    Case(producer: "a-12-c", templates: ["{user}-{job}-{node}"], expected: "a/12/c"),
    Case(producer: "a-12-13-c", nodes: "c,13-c", templates: ["{user}-{job}-{node}"], expected: "ambiguous-producer"),
    // Readings that differ in {any} alone are one.
    Case(producer: "u:n:1-2-3", templates: ["{user}:{node}:{any}-{any}"], expected: "u/-/n"),
    // A listed node is a host, whatever template would fit, in its short and its full form and in any case.
    Case(producer: "orion-01", nodes: "orion-[01-08],01", expected: "host orion-01"),
    Case(
      producer: "orion-01.example.org", nodes: "orion-[01-08],01.example.org", expected: "host orion-01.example.org"),
    Case(producer: "gpu-01", nodes: "gpu-[01-16].hpc.example.org,01", expected: "host gpu-01"),
    Case(producer: "gpu-01.hpc", nodes: "gpu-[01-16].hpc.example.org", expected: "host gpu-01.hpc"),
    Case(producer: "gpu-01", nodes: "gpu-01.example.org", expected: "host gpu-01"),
    Case(producer: "GPU-01", nodes: "gpu-01,01", expected: "host GPU-01"),
    Case(producer: "gpu-01", nodes: "GPU-[01-16],01", expected: "host gpu-01"),
    Case(
      producer: "hetchy1007", nodes: "hetchy[1000-1100]", templates: ["{user}:{job}:{node}"],
      expected: "host hetchy1007"),
    Case(
      producer: "scnode.omnia.test", nodes: "scnode", templates: ["{user}.{node}"], expected: "host scnode.omnia.test"),
    Case(producer: "gpu-011", nodes: "gpu-[01-16],1", expected: "bad-producer"),
    // LDMS calls a daemon that nobody named after its host and port.
    Case(producer: "orion-01:411", nodes: "orion-01", templates: ["{user}:{node}"], expected: "bad-producer"),
    Case(producer: "orion-01:411", nodes: "orion-01", templates: ["{user}-{job}:{node}"], expected: "bad-producer"),
    Case(producer: "alice:orion-01", nodes: "orion-01", templates: ["{user}:{node}"], expected: "alice/-/orion-01"),
    Case(producer: "alice-gpu-01", nodes: "gpu-[01-16]", expected: "alice/-/gpu-01"),
    // Another form of a listed name says that it is a host, not that it is the node of a user's job.
    Case(producer: "alice-c1.example.org", nodes: "c1", expected: "bad-producer"),
    Case(producer: "alice-c1.example.org", nodes: "c[1-3].example.org", expected: "alice/-/c1.example.org"),
    Case(producer: "alice_c1", templates: ["{user}_{node}"], expected: "alice/-/c1"),
    Case(producer: "alice.c1", templates: ["{user}.{node}"], expected: "alice/-/c1"),
    Case(producer: "c1-alice", templates: ["{node}-{user}"], expected: "alice/-/c1"),
    Case(producer: "c9-alice", templates: ["{node}-{user}"], expected: "bad-producer"),
  ])
  func identifies(_ one: Case) throws {
    let templates = try ProducerTemplates(one.templates, nodes: NodeList(one.nodes))
    let found = templates.identify(one.producer.utf8)
    #expect(Self.short(found).utf8.elementsEqual(one.expected.utf8), "\(found)")
  }

  @Test func nodesThatAreListedDecideAlsoForTheSecondTemplate() throws {
    let templates = try ProducerTemplates(Capture.producers, nodes: NodeList("c[1-3],gpu-[01-16]"))
    #expect(Self.short(templates.identify("jean-luc-gpu-07".utf8)) == "jean-luc/-/gpu-07")
    #expect(Self.short(templates.identify("jean-luc-gpu-7".utf8)) == "bad-producer")
    #expect(Self.short(templates.identify("jean-luc-C1".utf8)) == "bad-producer")
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
    let templates = try ProducerTemplates(Capture.producers, nodes: NodeList("c[1-3]"))
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
    let templates = try ProducerTemplates(Capture.producers, nodes: NodeList("c[1-3],luc-c1,d.example.org"))
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
          detail: "producer `userA` matches no template; tried `{user}:{job}:{node}`, `{user}-{node}`"))
    #expect(
      templates.identify("orion-01".utf8)
        == .refused(
          .badProducer,
          detail: "producer `orion-01` would be user `orion`, node `01`, but that node is not in identity.nodes"))
    #expect(
      templates.identify("alice-d".utf8)
        == .refused(
          .badProducer,
          detail:
            "producer `alice-d` would be user `alice`, node `d`, but that node is not in identity.nodes, which has "
            + "another form of `d`: list nodes as producers name them"))
    #expect(
      templates.identify("us\"er\\A-c2".utf8)
        == .refused(
          .badProducer,
          detail: "producer `us\"er\\\\A-c2`, byte 3: `\"`, which producer names cannot contain"))
    // With several listed nodes, only the readings that they leave are shown.
    let listed = try ProducerTemplates(Capture.producers, nodes: NodeList("c,b-c"))
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
    let noNode = try #require(throws: NamePatternError.self) { try ProducerTemplates(["{user}:{node}", "{user}"]) }
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

  /// A site without a list is told so when it starts, not by rows that reach the wrong user.
  @Test(arguments: [
    ("{user}-{node}", true), ("{user}_{node}", true), ("{user}.{node}", true), ("{node}-{user}", true),
    ("{user}@{node}", true), ("{user}x{node}", true), ("{user}-{job}-{node}", true), ("{user}$-{node}", true),
    ("a:{user}-{node}", true), ("{user}-{node}:a", true), ("{user}-{any}-{node}", true), ("{user}+{any}-{node}", true),
    ("{user}:{node}", true), ("{user}-{job}:{node}", true), ("{user}#{job}:{node}", false),
    ("{user}:{job}:{node}", false), ("{user}:x{node}", false), ("{user}-:-{node}", false),
    ("{user}:{any}-{node}", false), ("{user}+{node}", false), ("{user}#{node}", false),
  ])
  func aTemplateThatMayFitHostsNeedsTheNodes(template: String, needsNodes: Bool) throws {
    _ = try ProducerTemplates([template], nodes: NodeList("c1"))
    guard needsNodes else {
      _ = try ProducerTemplates([template])
      return
    }
    let error = try #require(throws: NamePatternError.self) {
      try ProducerTemplates(["{user}:{job}:{node}", template])
    }
    #expect(error.problem == .needsNodes)
    #expect("\(error)".hasPrefix("pattern `\(template)`, character 1: it needs identity.nodes, "))
    #expect("\(error)".contains("list the nodes"))
  }

  @Test(arguments: [
    "{node}.{user}", "{node}.{job}.{user}", "{node}.x-{user}", "{node}:{user}", "{node}-{any}:{user}",
  ])
  func aTemplateThatFitsFullNamesOrAddressesOfHostsIsRefused(template: String) throws {
    let error = try #require(throws: NamePatternError.self) {
      try ProducerTemplates([template], nodes: NodeList("c1"))
    }
    #expect(error.problem == .readsAsHost)
  }

  /// Whoever named the sampler meant one user and node, or a host.
  ///
  /// Whatever is read must be that, or nothing.
  @Test(arguments: ["{user}-{node}", "{user}_{node}", "{user}.{node}", "{node}-{user}"])
  func noTemplateNamesAnother(template: String) throws {
    let nodes = ["c", "c1", "a", "b-c", "a-c1", "a.b", "1", "c_1", "a1.b-c"]
    let listed = try ProducerTemplates([template], nodes: NodeList(nodes.joined(separator: ",")))
    var generator = SeededGenerator(seed: 7)
    var counts = (identified: 0, hosts: 0, refused: 0)
    for _ in 0..<5000 {
      let user = "a" + generator.text(of: "abc1-._", lengths: 0...6)
      let node = nodes.randomElement(using: &generator) ?? "c"
      let isHost = Int.random(in: 0..<4, using: &generator) == 0
      let producer =
        isHost ? node : template.replacing("{user}", with: user).replacing("{node}", with: node)
      let meant = Identification.identity(ProducerReading(user: Name(user), node: Name(node)))
      switch listed.identify(producer.utf8) {
      case .host(let name):
        #expect(name == Name(producer))
        counts.hosts += 1
      case .identity(let reading):
        #expect(!isHost, "host \(producer) was read as \(reading)")
        #expect(.identity(reading) == meant, "\(producer)")
        counts.identified += 1
      case .refused(let reason, _):
        #expect(!isHost, "\(producer)")
        #expect(reason == .ambiguousProducer || reason == .badProducer, "\(producer)")
        counts.refused += 1
      }
    }
    #expect(counts.identified > 500)
    #expect(counts.hosts > 1000)
    #expect(counts.refused > 20)
  }

  @Test func noBytesBreakIt() throws {
    let templates = try ProducerTemplates(Capture.producers, nodes: NodeList("c[1-3]"))
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
      case .host(let node):
        #expect(node == Name(name))
      case .refused(let reason, let detail):
        #expect(reason == .badProducer || reason == .ambiguousProducer)
        #expect(detail.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
      }
    }
  }
}
