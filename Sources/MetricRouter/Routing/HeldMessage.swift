internal import Kafka

/// A consumed row that has to wait, for its topic or for room: keeps librdkafka's memory as it is.
final class HeldMessage {
  let message: ConsumedMessage

  init(_ message: consuming ConsumedMessage) {
    self.message = message
  }
}
