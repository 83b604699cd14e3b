import Testing

@testable import Naming

/// Templates without a user, for samplers that are called after their host.
@Suite struct HostTemplateTests {
  private static func short(_ templates: [String], nodes: String = "", _ producer: String) throws -> String {
    ProducerTemplatesTests.short(
      try ProducerTemplates(templates, nodes: NodeList(nodes)).identify(producer.utf8))
  }

  @Test(arguments: [
    ("gpu-001", "host gpu-001"), ("login-1", "host login-1"), ("cn-0042", "host cn-0042"),
    ("c1.example.org", "host c1.example.org"), ("a:1:c1", "bad-producer"), ("", "bad-producer"),
    ("c1\"", "bad-producer"),
  ])
  func anyNameIsAHost(_ producer: String, _ expected: String) throws {
    #expect(try Self.short(["{node}"], producer) == expected)
  }

  @Test func prologsNamesAndHostsStandBesideEachOther() throws {
    let templates = ["{user}:{job}:{node}", "{node}"]
    #expect(try Self.short(templates, "alice:7:c1") == "alice/7/c1")
    #expect(try Self.short(templates, "alice-c1") == "host alice-c1")
    #expect(try Self.short(["{node}", "{user}:{job}:{node}"], "alice:7:c1") == "alice/7/c1")
  }

  /// With a list, a name that is no node's is nobody's: neither a host's nor a user's.
  @Test func listedNodesAloneAreHosts() throws {
    let templates = ["{user}-{node}", "{node}"]
    #expect(try Self.short(templates, nodes: "c[1-3]", "c2") == "host c2")
    #expect(try Self.short(templates, nodes: "c[1-3]", "alice-c2") == "alice/-/c2")
    #expect(try Self.short(templates, nodes: "c[1-3]", "c4") == "bad-producer")
    #expect(try Self.short(["{node}-sampler"], nodes: "c[1-3]", "c2-sampler") == "host c2")
    #expect(try Self.short(["{node}-sampler"], nodes: "c[1-3]", "c4-sampler") == "bad-producer")
  }

  /// A name that is a host's by two templates, or a host's and a user's, is nobody's.
  @Test func severalReadingsAreAmbiguous() throws {
    #expect(try Self.short(["{node}", "{node}-{any}"], "a-b") == "ambiguous-producer")
    #expect(try Self.short(["{any}-{node}"], "a-b-c") == "bad-producer")
    #expect(try Self.short(["{user}-{node}", "{node}-{any}"], nodes: "a,c", "a-c") == "ambiguous-producer")
  }

  @Test func aJobWithoutAUserFails() {
    let error = #expect(throws: NamePatternError.self) { try ProducerTemplates(["{job}:{node}"]) }
    #expect(error?.description.contains("lacks {user}") == true)
    let other = #expect(throws: NamePatternError.self) { try ProducerTemplates(["{any}"]) }
    #expect(other?.description.contains("lacks {node}") == true)
  }
}
