import Foundation
import Kafka
import TestSupport

/// A row as it stands in an input topic.
struct InputRow: Sendable, Hashable {
  var topic: String
  var partition: Int32
  var offset: Int64
  /// In milliseconds since 1970.
  var timestamp: Int64
  var payload: [UInt8]

  /// These rows in this order, with the offsets that they get so.
  static func numbered(_ rows: some Sequence<InputRow>) -> [InputRow] {
    var next: [TopicPartition: Int64] = [:]
    return rows.map { row in
      var row = row
      row.offset = next[TopicPartition(topic: row.topic, partition: row.partition), default: 0]
      next[TopicPartition(topic: row.topic, partition: row.partition)] = row.offset + 1
      return row
    }
  }

  /// What the copies' key must be.
  var key: String { "\(topic)/\(partition)/\(offset)" }
}

/// Whose a row is, found by a plain search in its text: nothing of the router's decoder is used.
struct ExpectedOwner: Hashable {
  var user: String
  var job: String
  var node: String

  /// From a producer's name: `user:job:node`, or `user-node` with the producer itself for the job.
  init?(producer: String) {
    if producer.contains(where: { "\"\\".contains($0) }) { return nil }
    let parts = producer.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let pair = producer.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 3 {
      (user, job, node) = (parts[0], parts[1], parts[2])
    } else if parts.count == 1, pair.count == 2 {
      (user, job, node) = (pair[0], producer, pair[1])
    } else {
      return nil
    }
  }

  /// From the first column of one of these names in a row.
  init?(row: [UInt8], columns: [String] = ["producer", "prdcr"]) {
    let text = String(decoding: row, as: UTF8.self)
    for column in columns {
      guard let begin = text.range(of: "\"\(column)\":\"") else { continue }
      guard let end = text.range(of: "\",\"", range: begin.upperBound..<text.endIndex) else { continue }
      self.init(producer: String(text[begin.upperBound..<end.lowerBound]))
      return
    }
    return nil
  }

  func userTopic(prefix: String) -> String { "\(prefix).user.\(Self.encoded(user)).rows" }
  func jobTopic(prefix: String) -> String { "\(prefix).user.\(Self.encoded(user)).job.\(Self.encoded(job))" }

  private static func encoded(_ name: String) -> String {
    name.utf8.map { byte in
      let scalar = Unicode.Scalar(byte)
      return scalar.isASCII && scalar.properties.isAlphabetic || (48...57).contains(byte)
        ? String(scalar) : "-" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
