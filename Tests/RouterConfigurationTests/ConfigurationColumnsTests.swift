import Testing

@testable import ConfigurationFiles
@testable import Jobs
@testable import RouterConfiguration

@Suite struct ConfigurationColumnsTests {
  @Test func `the configuration refuses what cannot be kept, and says where and what to do`() throws {
    let none = try loadedConfiguration("jobs: {columns: []}")
    #expect(none.jobs.columns.isEmpty)
    #expect(try loadedConfiguration("").jobs.columns.map { try JobColumn($0.value) } == JobColumn.standard)
    func complaint(_ columns: [String]) throws -> [String] {
      try configurationComplaints("jobs:\n  columns:\n" + columns.map { "    - \"\($0)\"\n" }.joined())
    }
    #expect(
      try complaint(["loadavg/a", "load", "rate(s/x"]) == [
        "router.yaml:4:7: jobs.columns: \"load\" does not name a row schema; write SCHEMA/COLUMN, as in loadavg/load1min",
        "router.yaml:5:7: jobs.columns: \"rate(s/x\" begins with rate( and does not end with ); write rate(procstat2/ctxt)",
      ])
    #expect(
      try complaint(["s/a", "s/a"]) == [
        "router.yaml:4:7: jobs.columns: \"s/a\" is in the list twice, first at router.yaml:3:7"
      ])
    #expect(
      try complaint((1...9).map { "s\($0)/a" }) == [
        "router.yaml:11:7: jobs.columns: at most 8 columns can be kept; remove this one or another"
      ])
    // Eight columns, of which one row schema can have all: with the one that rows are chosen by, nine.
    let eight = (1...7).map { "procstat2/c\($0){name=cpu}" }
    #expect(try complaint(eight + ["other/x{name=a}"]) == [])
    #expect(
      try complaint(eight + ["procstat2_cpu/x{name=a}"]) == [
        "router.yaml:10:7: jobs.columns: at most 8 columns of one row schema can be observed, including those in "
          + "braces; remove this one or another of procstat2_cpu"
      ])
    #expect(try complaint((1...8).map { "procstat2/c\($0)" }) == [])
  }
}
