import Kafka
import TestSupport

extension Stage {
  /// Writes messages to a topic that need not be an input, and waits until they are there.
  ///
  /// - Parameter messages: keys and values; `nil` for none.
  func send(_ messages: [(key: String?, value: String?)], to topic: String, partition: Int32 = 0) throws {
    let producer = try Producer(properties: feederProperties, observer: SilentObserver())
    let handle = try producer.topic(named: topic)
    var failure: KafkaErrorCode?
    for message in messages {
      let (key, value) = (message.key.map { Array($0.utf8) }, message.value.map { Array($0.utf8) })
      let code = Self.lend(key) { key in
        Self.lend(value) { value in
          producer.produce(to: handle, partition: partition, value: value, key: key, timestamp: 0, tag: 0)
        }
      }
      if let code { throw KafkaError(code, operation: "write to \(topic)") }
    }
    let isDone = producer.flush(timeoutMilliseconds: 20_000) { failure = failure ?? $0.error }
    if let failure { throw KafkaError(failure, operation: "write to \(topic)") }
    if !isDone { throw KafkaError(.timedOut, operation: "write to \(topic)") }
  }

  /// No bytes at all for `nil`, which is what makes a tombstone.
  private static func lend<Result>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.map { $0.withUnsafeBytes(body) } ?? body(UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// The topic of the job index.
  var jobIndex: String { prefix + ".router.jobs" }

  /// What the topic of the job index holds: the last message of each key, empty where that is a tombstone.
  func indexMessages() throws -> [String: String] {
    let messages = try OutputRow.read(topics: [jobIndex: 1], properties: adminProperties)
    return Dictionary(messages.map { ($0.key, String(decoding: $0.payload, as: UTF8.self)) }) { $1 }
  }
}
