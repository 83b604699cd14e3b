internal import Kafka

/// A copy that did not arrive, kept until it is known what becomes of it.
struct FailedCopy {
  let tag: DeliveryTracker.Tag
  var code: KafkaErrorCode
  let topic: String
  let partition: Int32
  let payload: [UInt8]
  let key: [UInt8]
  let timestamp: Int64
  /// Whether the producer had taken it.
  let wasSent: Bool
  /// The headers of a dead letter; rows have none.
  var headers: [MessageHeader] = []
}
