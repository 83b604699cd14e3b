import Decomp
import Foundation
import TestSupport
import Testing

/// The capture of a site whose store puts all row schemas into one topic, which no column names.
struct OneTopicRows {
  /// A row, and the row schema that has its columns, found by their names alone.
  struct Row {
    let payload: [UInt8]
    let schema: String
  }

  let rows: [Row]
  let schemas: [RowSchema]

  init() async throws {
    let directory = Repository.fixtures.appending(path: "sites/one_topic")
    let decomposition = directory.appending(path: "decomp.json").path(percentEncoded: false)
    schemas = try Decomposition(file: decomposition).rowSchemas
    let index = String(decoding: try await Self.unpacked(directory.appending(path: "index.tsv.gz")), as: UTF8.self)
    let bytes = try await Self.unpacked(directory.appending(path: "ldms.jsonl.gz"))
    var rows: [Row] = []
    var offset = 0
    for line in index.split(separator: "\n").dropFirst() {
      let length = Int(line.split(separator: "\t", omittingEmptySubsequences: false)[7]) ?? 0
      let payload = Array(bytes[offset..<offset + length])
      offset += length + 1
      rows.append(Row(payload: payload, schema: try Self.schema(of: payload, schemas)))
    }
    self.rows = rows
  }

  private static func unpacked(_ file: URL) async throws -> [UInt8] {
    let gzip = try await RunningProcess.run(
      "/bin/gzip", ["-dc", file.path(percentEncoded: false)], within: .seconds(20))
    guard gzip.status == .exited(0) else { throw CocoaError(.fileReadCorruptFile) }
    return Array(gzip.output)
  }

  /// By Foundation's reading of the row: nothing of the decoder is used.
  private static func schema(of payload: [UInt8], _ schemas: [RowSchema]) throws -> String {
    let object = try JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any]
    let names = Set(try #require(object).keys)
    let fitting = schemas.filter { Set($0.columns.map(\.name)) == names }
    return try #require(fitting.count == 1 ? fitting[0].name : nil)
  }
}
