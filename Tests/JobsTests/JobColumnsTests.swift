import Decomp
import Foundation
import Replay
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// The values of rows.
@Suite struct JobColumnsTests {
  private func values(_ columns: JobColumns, _ decoder: RowDecoderSet, _ payload: [UInt8]) -> [Int: Double] {
    payload.withUnsafeBytes { payload in
      guard case .row(let row) = decoder.decode(payload) else { return [:] }
      var values: [Int: Double] = [:]
      columns.read(row, payload) { values[$0] = $1 }
      return values
    }
  }

  @Test func `the default columns of the recorded rows have the values that the rows have`() throws {
    let decomposition = try Decomposition(file: Capture.recording.path("decomp.json"))
    var byTopic: [String: (columns: JobColumns, decoder: RowDecoderSet)] = [:]
    for schema in decomposition.rowSchemas {
      let columns = JobColumns(JobColumn.standard, schemas: [schema])
      byTopic[schema.name] = (columns, RowDecoderSet([schema], observing: columns.observed))
    }
    let names = ["load1min", "MemTotal", "MemAvailable", "user", "system"]
    var counts = [0, 0, 0, 0, 0]
    for row in try Capture.recording.read().rows {
      let (columns, decoder) = try #require(byTopic[row.topic])
      let found = values(columns, decoder, row.payload)
      let json = try #require(try JSONSerialization.jsonObject(with: Data(row.payload)) as? [String: Any])
      var expected: [Int: Double] = [:]
      for (index, column) in JobColumn.standard.enumerated() where column.schema == row.topic {
        if let filter = column.filter, json[filter.column] as? String != filter.value { continue }
        expected[index] = try #require(json[names[index]] as? Double)
        counts[index] += 1
      }
      // Foundation's reader is not exact: it makes 0.28000000000000014 of 0.28.
      #expect(found.keys.sorted() == expected.keys.sorted())
      for (index, value) in found { #expect(abs(value - (expected[index] ?? .nan)) < 1e-9) }
    }
    #expect(counts.allSatisfy { $0 > 50 })
    #expect(JobColumns(JobColumn.standard, schemas: decomposition.rowSchemas).missing.isEmpty)
  }

  @Test func `columns are found under the names of a first deployment, too`() throws {
    let file = Capture.static.path("decomp/procstat2.json")
    let schemas = try Decomposition(file: file).rowSchemas
    // `name` is called `cpu` there, `user` has its own name, and `system` comes as cpu_list[system].
    let columns = JobColumns(JobColumn.standard, schemas: schemas)
    #expect(columns.missing == [0, 1, 2])
    let decoder = RowDecoderSet(schemas, observing: columns.observed)
    var found: [[Int: Double]] = []
    for row in try Capture.static.read().rows where row.topic == "procstat2_cpu" {
      found.append(values(columns, decoder, row.payload))
    }
    #expect(Set(found.map { $0.keys.sorted() }) == [[], [3, 4]])
  }

  private static let schema = RowSchema(
    name: "procstat2_x",
    columns: [
      Column(source: "timestamp", type: .timestamp), Column(source: "name", type: .array(.char)),
      Column(source: "user", type: .scalar(.d64)), Column(source: "n", type: .scalar(.u64)),
    ])

  private func values(_ texts: [String], _ payload: String) throws -> [Int: Double] {
    let columns = JobColumns(try texts.map { try JobColumn($0) }, schemas: [Self.schema])
    return values(columns, RowDecoderSet([Self.schema], observing: columns.observed), Array(payload.utf8))
  }

  @Test(
    arguments: [
      (#"{"timestamp":1.000002,"name":"cpu","user":1.5,"n":7}"#, [0: 1.5, 2: 7]),
      (#"{"timestamp":1.000002,"name":"cpu0","user":1.5,"n":7}"#, [1: 1.5]),
      (#"{"timestamp":1.000002,"name":"cp","user":1.5,"n":7}"#, [:]),
      (#"{"timestamp":1.000002,"name":"","user":1.5,"n":7}"#, [:]),
      (#"{"timestamp":1.000002,"name":"cpu","user":nan,"n":7}"#, [2: 7]),
      (#"{"timestamp":1.000002,"name":"cpu","user":-inf,"n":7}"#, [2: 7]),
      (#"{"timestamp":1.000002,"name":"cpu","x","user":1,"n":7}"#, [:]),
      (#"{"timestamp":1.000002,"name":"cpu","user":"1","n":7}"#, [:]), ("nonsense", [:]), ("", [:]),
    ] as [(String, [Int: Double])])
  func `rows are chosen by the text in a column`(payload: String, expected: [Int: Double]) throws {
    let texts = ["procstat2/user{name=cpu}", "rate(procstat2/user{name=cpu0})", "procstat2/n{name=cpu}"]
    #expect(try values(texts, payload) == expected)
  }

  @Test func `a column that is no text chooses no row, and one that is not there none either`() throws {
    let row = #"{"timestamp":1.000002,"name":"cpu","user":1.5,"n":7}"#
    #expect(
      try values(["procstat2/user{n=7}", "procstat2/user{nome=cpu}", "procstat2/name", "procstat2/user"], row)
        == [3: 1.5])
  }

  @Test func `rows of other variants have no values`() throws {
    let other = RowSchema(name: "other", columns: [Column(source: "timestamp"), Column(source: "user")])
    let columns = JobColumns([try JobColumn("procstat2/user")], schemas: [other, Self.schema])
    #expect(columns.observed == [[], [2]])
    #expect((0..<4).map { columns.hasValues(variant: $0) } == [false, true, false, false])
    let decoder = RowDecoderSet([other, Self.schema], includesUndeclared: true, observing: columns.observed)
    #expect(values(columns, decoder, Array(#"{"timestamp":1.000002,"user":3}"#.utf8)).isEmpty)
    #expect(values(columns, decoder, Array(#"{"timestamp":1.000002,"u":3}"#.utf8)).isEmpty)
    let row = Array(#"{"timestamp":1.000002,"name":"cpu","user":1.5,"n":7}"#.utf8)
    #expect(values(columns, decoder, row) == [0: 1.5])
  }
}
