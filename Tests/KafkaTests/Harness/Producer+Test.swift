import Kafka
import TestSupport

extension Producer {
  func send(
    _ payload: [UInt8]?, key: [UInt8]? = nil, to topic: ProducerTopic, partition: Int32 = 0, timestamp: Int64 = 0,
    headers: [MessageHeader]? = nil, tag: UInt = 0
  ) -> KafkaErrorCode? {
    lend(payload) { payload in
      lend(key) { key in
        if let headers {
          produce(
            to: topic, partition: partition, value: payload, key: key, timestamp: timestamp, headers: headers, tag: tag)
        } else {
          produce(to: topic, partition: partition, value: payload, key: key, timestamp: timestamp, tag: tag)
        }
      }
    }
  }

  func send(_ text: String, to topic: ProducerTopic, partition: Int32 = 0, tag: UInt = 0) -> KafkaErrorCode? {
    send(Array(text.utf8), to: topic, partition: partition, tag: tag)
  }

  /// Waits for all reports, and returns them in the order in which they came.
  func settle(within milliseconds: Int = 15_000) throws -> [Report] {
    var reports: [Report] = []
    guard flush(timeoutMilliseconds: milliseconds, { reports.append(Report($0)) }) else {
      throw KafkaError(.timedOut, operation: "flush a producer with \(unansweredCount) unanswered rows")
    }
    return reports
  }

  /// The bytes, with an address even where there are none.
  private func lend<Answer>(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
    guard let bytes else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return (bytes + [0]).withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<bytes.count])) }
  }
}
