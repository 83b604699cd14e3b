import Kafka

/// A consumed row with bytes of its own.
struct Row: Equatable, Sendable {
  var topic: String
  var partition: Int32
  var offset: Int64
  var timestamp: Int64?
  var payload: [UInt8]?
  var key: [UInt8]?
  var headers: [MessageHeader]

  init(_ message: borrowing ConsumedMessage) {
    topic = message.topic
    partition = message.partition
    offset = message.offset
    timestamp = message.timestamp
    payload = message.isTombstone ? nil : Array(message.payload)
    key = message.key.map { Array($0) }
    headers = message.headers
  }

  var place: TopicPartition { TopicPartition(topic: topic, partition: partition) }
  var text: String? { payload.map { String(decoding: $0, as: UTF8.self) } }
}

/// A delivery report that can be kept.
struct Report: Equatable, Sendable {
  var tag: UInt
  var error: KafkaErrorCode?
  var topic: String
  var partition: Int32
  var offset: Int64
  var timestamp: Int64
  var payload: [UInt8]
  var key: [UInt8]

  init(_ report: borrowing DeliveryReport) {
    tag = report.tag
    error = report.error
    topic = report.topic
    partition = report.partition
    offset = report.offset
    timestamp = report.timestamp
    payload = Array(report.payload)
    key = Array(report.key)
  }
}
