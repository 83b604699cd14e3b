internal import Kafka
internal import TestSupport

/// The rows that are routed.
extension BenchBroker {
  /// Stores the rows into the input topics.
  ///
  /// - Returns: their bytes.
  func fill(_ workload: Workload, rows: Int) throws -> Int {
    let producer = try Producer(
      properties: ClientProperties(["bootstrap.servers": cluster.bootstrap, "linger.ms": "50"]),
      observer: SilentObserver())
    var topics: [String: ProducerTopic] = [:]
    for name in workload.topics.inputs { topics[name] = try producer.topic(named: name) }
    var bytes = 0
    var failure: KafkaError?
    func serve(_ milliseconds: Int32) {
      producer.poll(timeoutMilliseconds: milliseconds) { report in
        if let code = report.error { failure = failure ?? KafkaError(code, operation: "store a row") }
      }
    }
    let key = UnsafeRawBufferPointer(start: nil, count: 0)
    try workload.forEachRow(rows) { name, payload in
      guard let topic = topics[name] else { return }
      bytes += payload.count
      while true {
        let code = payload.withUnsafeBytes {
          producer.produce(to: topic, partition: 0, value: $0, key: key, timestamp: 0, tag: 0)
        }
        guard let code else { break }
        guard code == .queueFull else { throw KafkaError(code, operation: "store a row") }
        serve(50)
      }
      if let failure { throw failure }
    }
    guard producer.flush(timeoutMilliseconds: 60_000, { _ in }) else { throw BenchError("the rows were not stored") }
    return bytes
  }
}
