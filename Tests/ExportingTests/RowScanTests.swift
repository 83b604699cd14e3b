import Exporting
import Naming
import Replay
import Tailing
import TestSupport
import Testing

@Suite struct RowScanTests {
  /// What the two readers of rows make of one, in the same form.
  private func scanned(_ row: [UInt8]) -> (isComplete: Bool, columns: [String]) {
    var scan = RowScan()
    let isComplete = row.withUnsafeBytes { scan.read($0) }
    return (
      isComplete,
      scan.columns.map { column in
        let value = String(decoding: row[column.value], as: UTF8.self)
        let name = String(decoding: row[column.name], as: UTF8.self)
        return switch column.kind {
        case .string: "\(name)=\"\(value)\""
        case .number: "\(name)=\(value)"
        case .array: "\(name)=[\(value)]"
        }
      }
    )
  }

  private func read(_ row: [UInt8]) -> (isComplete: Bool, columns: [String]) {
    let read = RowColumns(row)
    return (
      read.isComplete,
      read.columns.map { column in
        let value = String(decoding: read.value(column), as: UTF8.self)
        let name = String(decoding: row[column.name], as: UTF8.self)
        return column.isString ? "\(name)=\"\(value)\"" : "\(name)=\(value)"
      }
    )
  }

  private func compare(_ row: [UInt8]) {
    let (one, other) = (scanned(row), read(row))
    #expect(one.isComplete == other.isComplete, "\(String(decoding: row, as: UTF8.self))")
    if other.isComplete { #expect(one.columns == other.columns) }
  }

  @Test func `It finds what router tail finds, in recorded rows and in broken ones`() throws {
    let rows = try Capture.recording.read().rows.map(\.payload)
    for row in rows { compare(row) }
    var random = SeededGenerator(seed: 7)
    let bytes = Array("\"\"\"\",,:{}[]0n".utf8)
    for row in rows.prefix(300) {
      for _ in 0..<20 {
        var row = row
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let place = Int.random(in: row.indices, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: row[place] = bytes.randomElement(using: &random) ?? 0
          case 1: row.insert(bytes.randomElement(using: &random) ?? 0, at: place)
          default: row.remove(at: place)
          }
        }
        compare(row)
      }
    }
  }

  @Test(arguments: [
    "", "{", "}", "{}", "{\"a\"", "{\"a\":}", "{\"a\":1", "[1]", "{\"a\":[1}", "{\"a\":\"}", "{\"a\":1,}",
  ])
  func `Any bytes may be read`(text: String) {
    compare(Array(text.utf8))
  }

  @Test func `A string may hold what looks like a column`() {
    let row = Array(#"{"a":"x","b":"y"z","c":[1,2]}"#.utf8)
    #expect(scanned(row).columns == [#"a="x""#, #"b="y"z""#, "c=[1,2]"])
  }
}
