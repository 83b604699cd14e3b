import Foundation
import TestSupport
import Testing

@testable import Decomp

@Suite struct StoredRowsTests {
  private func rows(_ text: String, topic: String = "s_0000000") throws -> StoredRows {
    try StoredRows(bytes: Array(text.utf8), file: "rows/\(topic).jsonl")
  }

  @Test func filesAreThere() {
    #expect(DraftFixtures.rowFiles.count == 17)
  }

  /// The digest in a topic's name proves names and types, those of records too, for all that LDMS stored.
  @Test(arguments: DraftFixtures.rowFiles) func digestProvesTheTypes(_ path: String) throws {
    let rows = try #require(try DraftFixtures.input(path).rows)
    let shape = rows.shape
    #expect(shape.digest?.topicSuffix == String(rows.topic.suffix(7)), "\(rows.topic)")
    #expect(shape.asIsColumns == rows.names)
    #expect(rows.oddRemark == nil && rows.guesses(in: shape).isEmpty)
  }

  @Test func aDigestIsThatOfLDMS() throws {
    let path = try #require(DraftFixtures.rowFiles("slurm_as_is").first { $0.contains("mt-slurm2_") })
    let shape = try #require(try DraftFixtures.input(path).rows).shape
    #expect(shape.digest?.text.hasPrefix("5BD07337CF35") == true)
    #expect(shape.lists == ["job_list", "task_list"])
    #expect(shape.metrics.first == .init("component_id", .value(.scalar(.u64))))
    guard case .records(let members) = shape.metrics.first(where: { $0.name == "job_list" })?.content else {
      Issue.record("job_list is a list of records")
      return
    }
    #expect(members.first { $0.name == "job_state" }?.type == .scalar(.u8))
    #expect(members.first { $0.name == "job_name" }?.type == .array(.char))
  }

  @Test(arguments: [
    ("meminfo_4b63562.jsonl", "meminfo_4b63562"), ("/a/b.c/meminfo_4b63562", "meminfo_4b63562"),
    ("mt-slurm2_5bd0733.json.txt", "mt-slurm2_5bd0733"), ("a.b_0123456.jsonl", "a.b_0123456"),
  ])
  func topicIsTheFilesName(_ file: String, _ topic: String) {
    #expect(StoredRows.topic(ofFile: file) == topic)
  }

  @Test(arguments: ["meminfo.jsonl", "", "/", "meminfo_4B63562.jsonl", "_4b63562", "standard input", "x_4b635621"])
  func otherNamesAreNoTopics(_ file: String) {
    #expect(StoredRows.topic(ofFile: file) == nil)
  }

  /// A type is declared only where no other one prints such values.
  @Test(
    arguments: [
      ("1", nil), ("-1", nil), ("0.5", nil), ("18446744073709551615", .scalar(.u64)), ("9223372036854775807", nil),
      ("0.59999999999999998", .scalar(.d64)), ("4.9406564584124654e-324", .scalar(.d64)), ("1e+300", nil),
      ("0.100000001", nil), ("nan", nil), ("\"\"", .array(.char)), ("\"a\"", nil), ("\"ab\"", .array(.char)),
      ("[1,2]", nil), ("[0.59999999999999998,1]", .array(.d64)), ("[18446744073709551615]", .array(.u64)),
      ("[]", nil), ("\"\"\"", nil),
    ] as [(String, MetricType?)])
  func valuesTellWhatTheyCan(_ value: String, _ type: MetricType?) throws {
    let shape = try rows("{\"timestamp\":1.000001,\"m\":\(value)}\n").shape
    #expect(shape.metrics == [.init("m", .value(type))])
    #expect(shape.digest == nil)
  }

  /// One value after another: the last may tell what the first does not.
  @Test func allRowsAreLookedAt() throws {
    let text = ["1", "2", "0.59999999999999998"].map { "{\"timestamp\":1.000001,\"m\":\($0)}\n" }.joined()
    #expect(try rows(text).shape.metrics == [.init("m", .value(.scalar(.d64)))])
  }

  @Test func listsShowInTheRowsOfOneSample() throws {
    func row(_ time: Int, _ name: String, _ scalar: Int) -> String {
      "{\"timestamp\":\(time).000001,\"n\":\(scalar),\"disks.name\":\"\(name)\",\"irq.1\":7}\n"
    }
    let shape = try rows(row(1, "sda", 1) + row(1, "sdb", 1) + row(2, "sda", 2)).shape
    #expect(
      shape.metrics == [
        .init("n", .value(nil)), .init("disks", .records([.init("name", .array(.char))])), .init("irq.1", .value(nil)),
      ])
    // Rows of two nodes that happen to be of one time differ in more.
    #expect(try rows(row(1, "sda", 1) + row(1, "sdb", 2)).shape.lists.isEmpty)
    let remarks = try rows(row(1, "sda", 1) + row(1, "sdb", 1)).guesses(in: shape).map(\.description)
    #expect(remarks.count == 2)
    #expect(remarks.first?.contains("\"disks.name\" is read as the member \"name\" of the list \"disks\"") == true)
    #expect(remarks.last?.contains("\"irq.1\" is read as a metric of that name") == true)
  }

  /// A user chose this job name; the topic's other rows show what the columns are.
  @Test func aTextThatLooksLikeColumnsIsNone() throws {
    let plain = "{\"timestamp\":1.000001,\"name\":\"x1\",\"n\":1}\n"
    let forged = "{\"timestamp\":1.000001,\"name\":\"\",\"forged\":7,\"x\":\"\",\"n\":1}\n"
    let rows = try rows(plain + forged + plain)
    #expect(rows.names == ["name", "n"])
    #expect(rows.oddCount == 0)
    #expect(rows.shape.metrics.map(\.name) == ["name", "n"])
  }

  @Test func cutRowsArePassedOver() throws {
    let row = "{\"timestamp\":1.000001,\"m\":1}\n"
    let rows = try rows("\n" + row + row + "{\"timestamp\":2.00")
    #expect(rows.rowCount == 3)
    #expect(rows.oddCount == 1)
    #expect(
      rows.oddRemark?.description
        == "rows/s_0000000.jsonl:4: warning: skipped 1 of 3 rows: they have other columns than most, or are truncated"
    )
  }

  @Test func aTextMayHoldNewlines() throws {
    let rows = try rows(
      "{\"timestamp\":1.000001,\"m\":\"a\nb\",\"n\":1}\r\n{\"timestamp\":1.000001,\"m\":\"\n\",\"n\":1}\n")
    #expect(rows.names == ["m", "n"])
    #expect(rows.oddCount == 0)
  }

  /// As if another sampler had the name of one of LDMS's own: its types are not believed.
  @Test func aSamplersNameProvesNothing() throws {
    let text = "{\"timestamp\":1.000001,\"component_id\":1,\"load1min\":2,\"cpu_list.name\":\"cpu0\"}\n"
    let shape = try rows(text, topic: "loadavg_0000000").shape
    #expect(shape.digest == nil)
    #expect(shape.metrics[1] == .init("load1min", .value(nil)))
    // Where LDMS's own sampler has a list, it is one nevertheless: a column of that name is nothing else.
    let procstat = try rows(text, topic: "procstat2_0000000").shape
    #expect(procstat.lists == ["cpu_list"])
  }
}
