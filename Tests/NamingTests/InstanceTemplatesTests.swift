import Testing

@testable import Naming

@Suite struct InstanceTemplatesTests {
  private static func short(_ templates: [String], _ instance: String) throws -> String {
    let reading = try InstanceTemplates(templates).read(instance.utf8)
    return reading.map { "\($0.node?.text ?? "-") \($0.job)" } ?? "nothing"
  }

  @Test(arguments: [
    // As LDMS's sampler policy names its metric sets.
    ("c1/sp0-meminfo-1201", "c1 1201"),
    ("gpu-001/sp0-procnetdev2-7", "gpu-001 7"),
    ("c1.example.org/a-b-c-9", "c1.example.org 9"),
    ("c1/meminfo", "nothing"),
    // LDMS's word for no job.
    ("c1/sp0-meminfo-0", "nothing"),
    ("c1/sp0-meminfo-12x", "nothing"),
    ("c1/sp0-meminfo-", "nothing"),
    ("c1/-5", "nothing"),
    ("", "nothing"),
    ("c1/sp0-99999999999999999999", "nothing"),
    ("c1/sp0-\u{1}-3", "c1 3"),
    (String(repeating: "x", count: 300), "nothing"),
  ])
  func aPolicysNamesSayNodeAndJob(_ instance: String, _ expected: String) throws {
    #expect(try Self.short(["{node}/{any}-{job}"], instance) == expected)
  }

  /// The first that fits decides; a name that it can read in two ways says nothing, whatever the next would say.
  @Test func ambiguousNamesSayNothing() throws {
    #expect(try Self.short(["{node}-{job}/{any}", "{any}/{any}-{job}"], "c1-5/x-6") == "c1 5")
    #expect(try Self.short(["{node}-{job}/{any}", "{any}/{any}-{job}"], "c1/x-6") == "- 6")
    #expect(try Self.short(["{any}-{job}-{any}"], "a-1-2-b") == "nothing")
    #expect(try Self.short([], "c1/sp0-meminfo-1201") == "nothing")
  }

  @Test(arguments: [
    ("{node}/{any}", "lacks {job}"), ("", "empty"), ("{user}-{job}", "unknown field {user}"),
    ("{job}{any}", "nothing separates"), ("x{job", "brace"),
  ])
  func templatesWithoutAJobFail(_ template: String, _ what: String) {
    let error = #expect(throws: NamePatternError.self) { try InstanceTemplates([template]) }
    #expect(error?.description.contains(what) == true, "\(error?.description ?? "")")
  }
}
