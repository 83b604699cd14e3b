import Decomp
import Testing

@testable import Jobs
@testable import MetricRouter

/// `SCHEMA/COLUMN`, and which columns that means.
@Suite struct JobColumnTests {
  @Test(arguments: [
    "loadavg/load1min", "meminfo/Active(anon)", "rate(meminfo/Active(anon))", "rate(procstat2/user{name=cpu})",
    "a.b_c-d/x/y", "procinterrupts/irq.24#0", "s/netdev_list[tx_bytes]", "s/é{ü=ö}", "s/x{a.b=c d=e}", "s/rate(x",
  ])
  func `a text is read, and the column written as it was`(text: String) throws {
    #expect(try JobColumn(text).description == text)
  }

  @Test func `the parts are told apart`() throws {
    let column = try JobColumn("rate(procstat2/user{name=cpu=0})")
    #expect(column.isRate)
    #expect(column.schema == "procstat2")
    #expect(column.column == "user")
    #expect(column.filter == JobColumn.Filter(column: "name", value: "cpu=0"))
    #expect(try JobColumn("loadavg/load1min") == JobColumn.standard[0])
  }

  @Test(arguments: [
    ("", JobColumnError.Problem.noSchema), ("load1min", .noSchema), ("/load1min", .badSchema), ("a b/c", .badSchema),
    ("rat(e/x)", .badSchema), ("loadavg/", .badColumn), ("s/}", .badColumn), ("s/a}b", .badColumn),
    ("s/{a=b}", .badColumn),
    ("s/x{", .badFilter), ("s/x{}", .badFilter), ("s/x{a}", .badFilter), ("s/x{=b}", .badFilter),
    ("s/x{a=}", .badFilter),
    ("s/x{a=b}c", .badFilter), ("s/x{a={}}", .badFilter), ("s/x{a=b}}", .badFilter), ("rate(s/x", .openRate),
    ("rate(", .openRate), ("rate()", .noSchema), ("rate(rate(s/x))", .badSchema), ("Rate(s/x)", .badSchema),
    ("s/" + String(repeating: "x", count: 511), .tooLong), ("\u{0}/x", .badSchema),
  ])
  func `anything else is refused with what to write`(text: String, problem: JobColumnError.Problem) {
    #expect {
      try JobColumn(text)
    } throws: { error in
      (error as? JobColumnError)?.problem == problem && !"\(error)".isEmpty
    }
  }

  @Test(arguments: [
    ("loadavg", true), ("loadavg_s", true), ("loadavg_8be3781", true), ("loadavg.json", true), ("loadavg-1", true),
    ("loadavg2", false), ("loadavgs", false), ("loadavgé", false), ("loadav", false), ("Loadavg", false),
    ("my_loadavg", false), ("", false),
  ])
  func `a row schema is meant by its name or the beginning of it`(name: String, isMeant: Bool) throws {
    #expect(try JobColumn("loadavg/load1min").matches(schemaNamed: name) == isMeant)
  }

  @Test(
    arguments: [
      // The name in the row goes before the metric, and that before the member.
      (
        "user",
        [
          Column(source: "cpu_list", member: "user", name: "u"), Column(source: "user", name: "v"),
          Column(source: "w", name: "user"),
        ], Int?.some(2)
      ),
      ("user", [Column(source: "cpu_list", member: "user", name: "u"), Column(source: "user", name: "v")], 1),
      ("user", [Column(source: "x"), Column(source: "cpu_list", member: "user", name: "u")], 1),
      ("user", [Column(source: "x"), Column(source: "cpu_list.user", name: "u")], 1),
      (
        "user",
        [Column(source: "cpu_listuser"), Column(source: "user", member: "x", name: "y"), Column(source: ".use")], nil
      ),
      ("cpu_list[user]", [Column(source: "cpu_list", member: "user", name: "cpu_list[user]")], 0),
      ("user", [Column(source: "user"), Column(source: "user")], 0),
      // A difference is not the metric.
      ("x", [Column(source: "x", name: "x_diff", operation: .diff), Column(source: "x", name: "y")], 1),
      ("x_diff", [Column(source: "x", name: "x_diff", operation: .diff)], 0),
      ("x", [Column(source: "x", name: "x_diff", operation: .diff)], nil),
      // As bytes: an accent of its own is another name.
      ("\u{e9}", [Column(source: "e\u{301}")], nil), ("x", [], nil),
    ] as [(String, [Column], Int?)])
  func `a column is found by name, then metric, then member`(name: String, columns: [Column], index: Int?) {
    #expect(JobColumn.index(of: name, in: columns) == index)
  }
}
