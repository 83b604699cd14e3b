import Testing

@testable import RouterCLI

/// What `router tail --schema` says where there are only rows of others.
struct OtherSchemasTests {
  private func others(_ names: String...) -> OtherSchemas {
    var others = OtherSchemas()
    for name in names { others.add(Array(name.utf8)) }
    return others
  }

  @Test func theSchemasThatThereAreAreNamed() throws {
    let failure = try #require(others("vmstat", "meminfo", "loadavg", "meminfo").failure("nonsense"))
    #expect(failure.exitCode == .inputMissing)
    #expect(failure.message == "no row is of schema 'nonsense'")
    #expect(failure.hint == "There are rows of loadavg, meminfo, vmstat.")
    let near = others("vmstat", "meminfo").failure("memifo")
    #expect(near?.hint == "Did you mean 'meminfo'? There are rows of meminfo, vmstat.")
  }

  /// One topic for all row schemas says nothing; the metric sets in its rows do.
  @Test func metricSetsAreNamedWhereATopicHasSeveral() {
    var others = OtherSchemas()
    for set in ["vmstat", "meminfo", "vmstat"] { others.add(Array("ldms".utf8), set: Array(set.utf8)) }
    others.add(Array("network".utf8), set: Array("procnetdev2".utf8))
    #expect(others.failure("memifo")?.hint == "Did you mean 'meminfo'? There are rows of meminfo, network, vmstat.")
  }

  @Test func nothingIsSaidWhereOneHasComeOrNoneAtAll() {
    #expect(OtherSchemas().failure("meminfo") == nil)
    var others = others("vmstat")
    others.found()
    #expect(others.failure("meminfo") == nil)
  }

  @Test func manyAndHostileOnesStayReadable() {
    var others = others("a\u{1B}[2J")
    for number in 0..<5000 { others.add(Array("s\(number)".utf8)) }
    let hint = others.failure("x")?.hint ?? ""
    #expect(hint.contains("a\\x1b[2J") && hint.hasSuffix(" and 993 more."))
  }
}
