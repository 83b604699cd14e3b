import Decomp
import Foundation
import Replay
import TestSupport

/// The rows of a folder of captures, with the row schemas that its decompositions declare.
///
/// The decompositions are read here with Foundation, apart from the module's own reader, and only as far as these
/// folders need it.
struct CapturedRows {
  /// One captured payload.
  struct Row {
    let topic: String
    let payload: [UInt8]
  }

  /// In the order of `index.tsv`.
  let rows: [Row]
  /// By name.
  let schemas: [String: RowSchema]

  /// The folders that hold captures.
  static let folders = ["recording", "static", "as_is", "slurm_as_is", "weird", "avro_kafka_json", "avro_kafka_avro"]

  init(_ folder: String) throws {
    let directory = folder == "recording" ? Repository.recording : Repository.fixtures.appending(path: folder)
    var files: [String: (bytes: [UInt8], offset: Int)] = [:]
    var rows: [Row] = []
    let index = try String(contentsOf: directory.appending(path: "index.tsv"), encoding: .utf8)
    for line in index.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let topic = String(fields[0])
      guard let length = Int(fields[7]) else { throw CocoaError(.fileReadCorruptFile) }
      var file = try files[topic] ?? ([UInt8](Data(contentsOf: directory.appending(path: "\(topic).jsonl"))), 0)
      rows.append(Row(topic: topic, payload: Array(file.bytes[file.offset..<file.offset + length])))
      file.offset += length + 1
      files[topic] = file
    }
    self.rows = rows

    var schemas: [String: RowSchema] = [:]
    var decompositions = [directory.appending(path: "decomp.json")]
    if folder == "static" {
      decompositions = try FileManager.default.contentsOfDirectory(
        at: directory.appending(path: "decomp"), includingPropertiesForKeys: nil)
    }
    for file in decompositions {
      Self.collect(try JSONSerialization.jsonObject(with: Data(contentsOf: file)), into: &schemas)
    }
    self.schemas = schemas
  }

  /// The row schema of a topic: its own name, or the part of the name that `store_avro_kafka` puts it in.
  ///
  /// `nil` for those of `as_is`.
  func schema(of topic: String) -> RowSchema? {
    schemas[topic] ?? schemas.first { topic.contains(".\($0.key).") }?.value
  }

  /// A decoder for a topic.
  func decoder(of topic: String) -> RowDecoderSet {
    if let schema = schema(of: topic) { return RowDecoderSet([schema]) }
    return RowDecoderSet([], includesUndeclared: true)
  }

  private static func collect(_ value: Any, into schemas: inout [String: RowSchema]) {
    guard let decomposition = value as? [String: Any] else { return }
    for row in decomposition["rows"] as? [[String: Any]] ?? [] {
      guard let name = row["schema"] as? String, let columns = row["cols"] as? [[String: Any]] else { continue }
      schemas[name] = RowSchema(name: name, columns: columns.map(column))
    }
    for member in (decomposition["decomposition"] as? [String: Any] ?? [:]).values { collect(member, into: &schemas) }
  }

  private static func column(_ json: [String: Any]) -> Column {
    let source = json["src"] as? String ?? ""
    let parts = source.split(separator: "[", maxSplits: 1)
    let inBrackets = parts.count == 2 ? String(parts[1].dropLast()) : nil
    return Column(
      source: inBrackets == nil ? source : String(parts[0]), member: json["rec_member"] as? String ?? inBrackets,
      name: json["dst"] as? String ?? source, type: (json["type"] as? String).flatMap(MetricType.init(name:)))
  }
}
