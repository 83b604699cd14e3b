import Auditing
import Kafka
import MetricRouter
import TestSupport

/// A message in a topic that the router writes.
struct OutputRow: Sendable {
  var topic: String
  var partition: Int32
  var offset: Int64
  var timestamp: Int64?
  /// The key without the life of the input's partition, which is another one each time.
  var key: String
  /// The key as it is.
  var storedKey: String
  var payload: [UInt8]
  var headers: [MessageHeader]

  func header(_ name: String) -> String? {
    headers.first { $0.name == name }.flatMap(\.value).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A key without the life: `meminfo/0@mfr3k1z0/17` is row `meminfo/0/17`.
  static func place(_ key: [UInt8]?) -> String {
    let text = String(decoding: key ?? [], as: UTF8.self)
    return RowPlace(text)?.description ?? text
  }

  /// All that stands in these topics now.
  static func read(topics: [String: Int32], properties: [String: String]) throws -> [OutputRow] {
    func admin(_ isolation: String) throws -> AdminClient {
      var client = Stage.client(properties)
      client["isolation.level"] = isolation
      return try AdminClient(properties: client, observer: SilentObserver())
    }
    let (all, committed) = (try admin("read_uncommitted"), try admin("read_committed"))
    var unread: Set<TopicPartition> = []
    for (topic, count) in topics {
      for partition in 0..<count {
        let place = TopicPartition(topic: topic, partition: partition)
        let marks = try all.watermarksFromLeader(of: place)
        guard marks.high > marks.low else { continue }
        unread.insert(place)
        // A commit returns before its marks stand in every partition; until then its rows are not to be seen.
        try eventuallyBlocking("the end of the transactions in \(place)", within: .seconds(90)) {
          try committed.watermarksFromLeader(of: place).high >= marks.high
        }
      }
    }
    guard !unread.isEmpty else { return [] }
    var client = Stage.client(properties)
    client["group.id"] = "reader-of-tests"
    client["fetch.wait.max.ms"] = "10"
    client["check.crcs"] = "true"
    // Markers of transactions lie behind the last row.
    client["enable.partition.eof"] = "true"
    client["isolation.level"] = "read_committed"
    let consumer = try Consumer(properties: client, observer: SilentObserver())
    try consumer.assign(unread.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.beginning) })
    var rows: [OutputRow] = []
    let deadline = Deadline(within: .seconds(60))
    while !unread.isEmpty {
      if deadline.hasPassed { throw deadline.error(waitingFor: "the end of \(unread)") }
      switch try consumer.pollItem(timeoutMilliseconds: 100) {
      case .row(let message):
        rows.append(
          OutputRow(
            topic: message.topic, partition: message.partition, offset: message.offset, timestamp: message.timestamp,
            key: Self.place(message.key.map { Array($0) }),
            storedKey: message.key.map { String(decoding: $0, as: UTF8.self) } ?? "", payload: Array(message.payload),
            headers: message.headers))
      case .end(let place, _): unread.remove(place)
      case .failure(let place, let error): throw KafkaError(error.code, operation: "read \(place)")
      case .nothing: break
      }
    }
    return rows
  }
}
