import TestSupport
import Testing

@testable import Naming

@Suite struct TopicIdentityTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var pattern: String
    var topic: String
    var schemas: Set<String> = ["meminfo", "loadavg"]
    var nodes = "c[1-3],n,d"
    /// `schema: user/job/node`, `schema: reason`, a reason, or `unmatched`.
    var expected: String
    var testDescription: String { "\(topic) by \(pattern)" }
  }

  static func short(_ reading: TopicReading) -> String {
    switch reading {
    case .unmatched: "unmatched"
    case .refused(let reason, _): reason.rawValue
    case .schema(let schema): "\(schema)"
    case .read(let schema, _, let identification): "\(schema): \(ProducerTemplatesTests.short(identification))"
    }
  }

  @Test(arguments: [
    Case(pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.userA-c2", expected: "meminfo: userA/-/c2"),
    Case(pattern: "ldms.{schema}.{producer}", topic: "ldms.vmstat.userA-c2", expected: "unknown-schema"),
    // The row schema alone: whose the rows are, their columns say.
    Case(pattern: "ldms.{schema}", topic: "ldms.meminfo", expected: "meminfo"),
    Case(pattern: "{schema}", topic: "meminfo", expected: "meminfo"),
    Case(pattern: "{any}.{schema}", topic: "site-1.ldms.meminfo", expected: "meminfo"),
    Case(pattern: "{any}.{schema}.{any}", topic: "a.meminfo.loadavg.b", expected: "ambiguous-producer"),
    Case(pattern: "ldms.{schema}", topic: "ldms.vmstat", expected: "unknown-schema"),
    Case(pattern: "ldms.{schema}", topic: "meminfo", expected: "unmatched"),
    Case(pattern: "ldms.{schema}", topic: "ldms.", expected: "unmatched"),
    Case(pattern: "ldms.{schema}.{producer}", topic: "meminfo", expected: "unmatched"),
    Case(pattern: "ldms.{schema}.{producer}", topic: "", expected: "unmatched"),
    Case(pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.", expected: "unmatched"),
    Case(pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.userA", expected: "meminfo: bad-producer"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.jean-luc-c4", expected: "meminfo: bad-producer"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.jean-luc-c1", nodes: "c[1-3]",
      expected: "meminfo: jean-luc/-/c1"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.userA-c2.example.org",
      expected: "meminfo: bad-producer"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.userA-c2.example.org", nodes: "c[1-3].example.org",
      expected: "meminfo: userA/-/c2.example.org"),
    // What the store makes of a-b:1:c1 is no node b.1.c1 of user a.
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.a-b.1.c1", nodes: "c[1-3]",
      expected: "meminfo: bad-producer"),
    Case(
      pattern: "ldms.{schema}.{user}-{node}", topic: "ldms.meminfo.a-b.1.c1", expected: "meminfo: bad-producer"),
    // What the store makes of userA:101:c-2, x@dom-c1 and us"er-c1: the `.` is not what was there.
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.userA.101.c-2", expected: "meminfo: bad-producer"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.x.dom-c1", expected: "meminfo: ambiguous-producer"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.us.er-c1", nodes: "c1",
      expected: "meminfo: ambiguous-producer"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.userA.101.c2", expected: "meminfo: bad-producer"),
    // Two schemas of which one continues the other.
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.x.userA-c2", schemas: ["meminfo", "meminfo.x"],
      expected: "ambiguous-producer"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.x.userA-c2", schemas: ["meminfo.x"],
      expected: "meminfo.x: userA/-/c2"),
    Case(
      pattern: "{schema}-{producer}", topic: "meminfo-meminfo-a-n", expected: "meminfo: meminfo-a/-/n"),
    Case(
      pattern: "ldms.{schema}.{user}.{job}.{node}", topic: "ldms.meminfo.userA.101.c2",
      expected: "meminfo: userA/101/c2"),
    Case(
      pattern: "ldms.{schema}.{user}.{job}.{node}", topic: "ldms.meminfo.userA.101.c2.example.org",
      nodes: "c[1-3].example.org", expected: "meminfo: userA/101/c2.example.org"),
    Case(
      pattern: "ldms.{schema}.{user}.{job}.{node}", topic: "ldms.meminfo.x.dom.101.c2",
      expected: "meminfo: ambiguous-producer"),
    Case(
      pattern: "ldms.{schema}.{user}.{job}.{node}", topic: "ldms.meminfo.x.1.101.c2",
      expected: "meminfo: ambiguous-producer"),
    Case(
      pattern: "ldms.{schema}.{user}.{job}.{node}", topic: "ldms.meminfo.j..rgen.101.c2",
      expected: "meminfo: ambiguous-producer"),
    Case(
      pattern: "ldms.{schema}.{user}.{job}.{node}", topic: "ldms.meminfo.userA.0101.c2",
      expected: "meminfo: bad-producer"),
    Case(pattern: "ldms.{schema}.{user}.{job}.{node}", topic: "ldms.meminfo.userA.x.c2", expected: "unmatched"),
    Case(
      pattern: "ldms.{schema}.{user}-{node}", topic: "ldms.meminfo.jean-luc-c1", nodes: "c[1-3]",
      expected: "meminfo: jean-luc/-/c1"),
    Case(
      pattern: "ldms.{schema}.{user}-{node}", topic: "ldms.meminfo.jean-luc-c1", nodes: "c1,luc-c1",
      expected: "meminfo: ambiguous-producer"),
    Case(pattern: "ldms.{schema}.{user}-{node}", topic: "ldms.meminfo.jean-luc-c4", expected: "meminfo: bad-producer"),
    // A host stands for all of the producer, in its short and its full form.
    Case(
      pattern: "ldms.{schema}.{user}-{node}", topic: "ldms.meminfo.orion-01", nodes: "01,orion-01",
      expected: "meminfo: host orion-01"),
    Case(
      pattern: "ldms.{schema}.{user}.{node}", topic: "ldms.meminfo.c1.example.org", nodes: "c1,org,example.org",
      expected: "meminfo: host c1.example.org"),
    Case(
      pattern: "ldms.{schema}.{producer}", topic: "ldms.meminfo.orion-01.example.org", nodes: "01,orion-01",
      expected: "meminfo: host orion-01.example.org"),
    Case(pattern: "ldms.{schema}.{user}-{node}", topic: "ldms.meminfo.-a-c1", expected: "meminfo: bad-producer"),
    Case(
      pattern: "{any}.{schema}.{user}-{node}.{any}", topic: "s.meminfo.userA-c2.x", expected: "meminfo: userA/-/c2"),
    Case(
      pattern: "{any}.{schema}.{user}-{node}.{any}", topic: "s.meminfo.userA-c2.x.y",
      expected: "meminfo: userA/-/c2"),
    // Readings that differ in {any} alone agree.
    Case(pattern: "{any}-{any}.{schema}.{producer}", topic: "a-b-c.meminfo.u-n", expected: "meminfo: u/-/n"),
    Case(
      pattern: "{any}.{any}.{any}.{any}.{any}.{schema}.{producer}",
      topic: String(repeating: "meminfo.", count: 25) + "u-n", expected: "ambiguous-producer"),
  ])
  func reads(_ one: Case) throws {
    let identity = try TopicIdentity(
      one.pattern, producers: ProducerTemplates(Capture.producers, nodes: NodeList(one.nodes)))
    let reading = identity.read(one.topic.utf8) { one.schemas.contains($0.text) }
    #expect(Self.short(reading) == one.expected, "\(reading)")
  }

  @Test func theProducerIsWhatTheTopicHas() throws {
    let producers = try ProducerTemplates(Capture.producers, nodes: NodeList(Capture.nodes))
    func producer(_ pattern: String, _ topic: String) throws -> Name? {
      let identity = try TopicIdentity(pattern, producers: producers)
      guard case .read(_, let producer, _) = identity.read(topic.utf8, isSchema: { _ in true }) else { return nil }
      return producer
    }
    #expect(try producer("{schema}.{producer}", "m.userA-c2") == Name("userA-c2"))
    #expect(try producer("{schema}.{user}.{node}", "m.userA.c2") == Name("userA-c2"))
    #expect(try producer("{schema}.{job}.{user}.{node}", "m.12.userA.c2") == Name("userA:12:c2"))
  }

  @Test(arguments: [
    ("ldms.{schema}", "ldms.net.dev", "^ldms\\.[A-Za-z0-9._-]+_[0-9a-f]{7}$"),
    ("{schema}", "net.dev", "^[A-Za-z0-9._-]+_[0-9a-f]{7}$"),
    ("{any}.{schema}", "^[A-Za-z0-9._-]+\\.net\\.dev$", "^[A-Za-z0-9._-]+\\.[A-Za-z0-9._-]+_[0-9a-f]{7}$"),
    (
      "s.{schema}.{user}.{job}.{node}", "^s\\.net\\.dev\\.[A-Za-z0-9._-]+\\.[0-9]+\\.[A-Za-z0-9._-]+$",
      "^s\\.[A-Za-z0-9._-]+_[0-9a-f]{7}\\.[A-Za-z0-9._-]+\\.[0-9]+\\.[A-Za-z0-9._-]+$"
    ),
  ])
  func saysWhichTopicsToRead(_ pattern: String, _ input: String, _ asIs: String) throws {
    let identity = try TopicIdentity(pattern, producers: ProducerTemplates(nodes: NodeList("c[1-3]")))
    #expect(identity.input(ofSchema: "net dev") == input)
    #expect(identity.input(ofSchemasMatching: "^[A-Za-z0-9._-]+_[0-9a-f]{7}$") == asIs)
  }

  @Test func asksForEachSchemaOnce() throws {
    let identity = try TopicIdentity("{any}.{schema}.{producer}", producers: ProducerTemplates())
    var asked: [Name] = []
    _ = identity.read("a.m.m.m.u-n".utf8) { schema in
      asked.append(schema)
      return false
    }
    #expect(asked.count == Set(asked).count)
    #expect(asked.contains(Name("m")))
  }

  @Test(arguments: [
    ("ldms.{producer}", NamePatternError.Problem.missingField(.schema)),
    ("ldms.{schema}.{job}", .missingField(.producer)),
    ("ldms.{schema}.{user}", .missingField(.node)),
    ("ldms.{schema}.{node}", .missingField(.user)),
    ("ldms.{schema}.{producer}.{user}", .conflictingFields(.producer, .user)),
    ("ldms.{schema}.{producer}.{node}", .conflictingFields(.producer, .node)),
    ("ldms.{job}.{schema}.{producer}", .conflictingFields(.producer, .job)),
    ("ldms.{schema}.{produce}", .unknownField("produce", suggestion: .producer)),
    ("ldms.{schema}:{producer}", .impossibleCharacter(":")),
    ("ldms.{schema}@{producer}", .impossibleCharacter("@")),
    ("ldms.{schema}.{schema}.{producer}", .repeatedField(.schema)),
    ("ldms.{schema}.{node}.{user}", .readsAsHost),
    ("{schema}.{node}.{job}.{user}", .readsAsHost),
    ("", .empty),
  ])
  func refuses(pattern: String, problem: NamePatternError.Problem) throws {
    let producers = try ProducerTemplates(nodes: NodeList("c1"))
    let error = try #require(throws: NamePatternError.self) { try TopicIdentity(pattern, producers: producers) }
    #expect(error.problem == problem)
    #expect("\(error)".hasPrefix("pattern `\(pattern)`, character \(error.position + 1): "))
  }

  /// No character of a topic's name tells users and nodes apart.
  @Test(arguments: ["ldms.{schema}.{user}-{node}", "{user}.{job}.{node}.{schema}", "{node}-{user}_{schema}"])
  func aPatternWithUserAndNodeNeedsTheNodes(pattern: String) throws {
    let producers = try ProducerTemplates()
    let error = try #require(throws: NamePatternError.self) { try TopicIdentity(pattern, producers: producers) }
    #expect(error.problem == .needsNodes)
    #expect("\(error)".contains("identity.nodes"))
  }

  @Test(arguments: [
    ("meminfo_4b63562", "meminfo_4b63562"), ("a b/c", "a.b.c"), ("t\u{f3}pico", "t..pico"),
    ("userA:101:c2", "userA.101.c2"),
    ("x@dom$", "x.dom."), ("-r--r-----", "-r--r-----"), ("\0", "."), ("", ""),
  ])
  func writesNamesAsTheStoreDoes(name: String, inTopic: String) {
    #expect(TopicIdentity.inTopic(name.utf8) == Name(inTopic))
  }

  /// Whatever producer a store put into a topic's name, the topic never gives its rows to another user.
  @Test func neverNamesAnother() throws {
    let listed = try ProducerTemplates(Capture.producers, nodes: NodeList("c1,c1.1,c-1,c11.1"))
    let wide = try ProducerTemplates(Capture.producers, nodes: NodeList("c[1-11],c[1-11].[1-11],c-[1-11]"))
    let meminfo = Name("meminfo")
    let withJob = "ldms.{schema}.{user}.{job}.{node}"
    let identities = try [listed, wide].flatMap { templates in
      try ["ldms.{schema}.{producer}", "ldms.{schema}.{user}-{node}", withJob].map {
        try TopicIdentity($0, producers: templates)
      }
    }
    var generator = SeededGenerator(seed: 33)
    var identified = 0
    for _ in 0..<2000 {
      let user = "a" + generator.text(of: "ab1-.@_\u{fc}", lengths: 0...4)
      let node = "c" + generator.text(of: "1-.", lengths: 0...3) + "1"
      let job = String(Int.random(in: 1...200, using: &generator))
      let hasJob = Bool.random(using: &generator)
      let producer = hasJob ? "\(user):\(job):\(node)" : "\(user)-\(node)"
      let topic = "ldms.meminfo." + TopicIdentity.inTopic(producer.utf8).text
      // A pattern with {job} is for sites whose producers all have one.
      for identity in identities where hasJob || identity.pattern.description != withJob {
        guard case .read(_, _, .identity(let reading)) = identity.read(topic.utf8, isSchema: { $0 == meminfo }) else {
          continue
        }
        #expect(reading.user == Name(user), "\(producer) by \(identity.pattern)")
        #expect(reading.node == Name(node), "\(producer) by \(identity.pattern)")
        identified += 1
      }
    }
    #expect(identified > 500)
  }
}
