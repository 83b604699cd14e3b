public import Kafka

/// The last message of a job's topic, which says that the job has ended: no value, one header.
///
/// Its value is empty rather than missing, and its key says what it is: clients that decode keys and values without
/// looking find text in both.
public enum JobEnd {
  /// The name of its header.
  public static let header = "event"
  /// The header's value.
  public static let value = "job-ended"
  /// The key of the message. Keys of rows contain a `/`.
  public static let key = "job-ended"

  /// Whether a message is one.
  public static func isMessage(_ message: borrowing ConsumedMessage) -> Bool {
    guard message.payload.isEmpty else { return false }
    return message.headers.contains { $0.name == header && $0.value == Array(value.utf8) }
  }
}
