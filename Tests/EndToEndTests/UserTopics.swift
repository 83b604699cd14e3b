import Kafka
import MetricRouter
import Naming
import Replay
import Tailing
import TestSupport

/// Users' topics on an embedded broker, filled as the router fills them: same bytes, key by origin, partition by node.
final class UserTopics: @unchecked Sendable {
  // @unchecked: the broker may be used from any thread; the producer only by one at a time, which each test sees to.
  let broker: EmbeddedBroker
  private let producer: Producer

  init() throws {
    broker = try EmbeddedBroker()
    producer = try Producer(
      properties: ClientProperties(["bootstrap.servers": broker.bootstrapServers]), observer: SilentObserver())
  }

  var bootstrap: String { broker.bootstrapServers }

  /// Stores rows, and waits until they are there.
  func store(
    _ rows: [[UInt8]], in topic: String, schema: String = "loadavg", node: String, partitions: Int32,
    timestamp: Int64 = 0
  ) throws {
    let handle = try producer.topic(named: topic)
    for (offset, row) in rows.enumerated() {
      let key = Array("\(schema)/0/\(offset)".utf8)
      let code = row.withUnsafeBytes { row in
        key.withUnsafeBytes { key in
          producer.produce(
            to: handle, partition: Partitioner.murmur2(node, partitionCount: partitions), value: row, key: key,
            timestamp: timestamp, tag: 0)
        }
      }
      if let code { throw KafkaError(code, operation: "store a row in \(topic)") }
    }
    guard producer.flush(timeoutMilliseconds: 20_000, { _ in }) else {
      throw KafkaError(.timedOut, operation: "store rows in \(topic)")
    }
  }

  /// The end of a job, as the router writes it into the job's topic.
  func storeEnd(in topic: String) throws {
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    let code = producer.produce(
      to: try producer.topic(named: topic), partition: 0, value: empty, key: empty, timestamp: 0,
      headers: [MessageHeader("event", "job-ended")], tag: 0)
    if let code { throw KafkaError(code, operation: "store the end of a job") }
    _ = producer.flush(timeoutMilliseconds: 20_000) { _ in }
  }

  /// The rows of the recording, each in its user's and its job's topic.
  func storeRecording() throws {
    let templates = try ProducerTemplates()
    let names = try TopicNames()
    var made: Set<String> = []
    for row in try Capture.recording.read().rows {
      guard let producer = RowColumns(row.payload).value(of: Name("producer")),
        case .identity(let reading) = templates.identify(producer), let job = reading.job,
        let userTopic = names.user(reading.user), let jobTopic = names.job(job, user: reading.user)
      else { continue }
      let handles = try [(userTopic, Int32(3)), (jobTopic, 1)].map { topic, partitions in
        if made.insert(topic).inserted { try broker.createTopic(topic, partitions: partitions) }
        return (try self.producer.topic(named: topic), partitions)
      }
      let key = Array("\(row.topic)/\(row.partition)/\(row.offset)".utf8)
      for (handle, partitions) in handles {
        let partition = Partitioner.murmur2(reading.node.text, partitionCount: partitions)
        _ = row.payload.withUnsafeBytes { payload in
          key.withUnsafeBytes { key in
            self.producer.produce(
              to: handle, partition: partition, value: payload, key: key, timestamp: row.timestamp, tag: 0)
          }
        }
      }
    }
    guard producer.flush(timeoutMilliseconds: 20_000, { _ in }) else {
      throw KafkaError(.timedOut, operation: "store the recording")
    }
  }
}
