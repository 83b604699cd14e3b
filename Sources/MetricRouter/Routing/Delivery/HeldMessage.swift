internal import Kafka

/// A consumed row that was set aside before it was looked at: keeps librdkafka's memory as it is, and that is the whole
/// answer to a fetch. For a few rows only.
final class HeldMessage {
  let message: ConsumedMessage

  init(_ message: consuming ConsumedMessage) {
    self.message = message
  }

  /// The partition of the message.
  var partition: TopicPartition { TopicPartition(topic: message.topic, partition: message.partition) }
}
