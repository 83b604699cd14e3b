import Kafka
import TestSupport

/// A message in a topic that the router writes.
struct OutputRow: Sendable {
  var topic: String
  var partition: Int32
  var offset: Int64
  var timestamp: Int64?
  var key: String
  var payload: [UInt8]
  var headers: [MessageHeader]

  func header(_ name: String) -> String? {
    headers.first { $0.name == name }.flatMap(\.value).map { String(decoding: $0, as: UTF8.self) }
  }

  /// All that stands in these topics now.
  static func read(topics: [String: Int32], properties: [String: String]) throws -> [OutputRow] {
    let admin = try AdminClient(properties: Stage.client(properties), observer: SilentObserver())
    var ends: [TopicPartition: Int64] = [:]
    for (topic, count) in topics {
      for partition in 0..<count {
        let place = TopicPartition(topic: topic, partition: partition)
        let marks = try admin.watermarks(of: place, timeoutMilliseconds: 30000)
        if marks.high > marks.low { ends[place] = marks.high }
      }
    }
    guard !ends.isEmpty else { return [] }
    var client = Stage.client(properties)
    client["group.id"] = "reader-of-tests"
    client["fetch.wait.max.ms"] = "10"
    client["check.crcs"] = "true"
    let consumer = try Consumer(properties: client, observer: SilentObserver())
    try consumer.assign(ends.keys.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.beginning) })
    var rows: [OutputRow] = []
    let deadline = Deadline(within: .seconds(60))
    while !ends.isEmpty {
      if deadline.hasPassed { throw deadline.error(waitingFor: "the rows up to \(ends)") }
      guard let message = try consumer.poll(timeoutMilliseconds: 100) else { continue }
      let place = TopicPartition(topic: message.topic, partition: message.partition)
      rows.append(
        OutputRow(
          topic: place.topic, partition: place.partition, offset: message.offset, timestamp: message.timestamp,
          key: message.key.map { String(decoding: $0, as: UTF8.self) } ?? "", payload: Array(message.payload),
          headers: message.headers))
      if let end = ends[place], message.offset + 1 >= end { ends[place] = nil }
    }
    return rows
  }
}
