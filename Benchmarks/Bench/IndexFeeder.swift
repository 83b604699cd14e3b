internal import Foundation
internal import Kafka
internal import MetricRouter

/// Stores rows of many jobs, so many a second.
final class IndexFeeder {
  private let producer: Producer
  private var topics: [String: ProducerTopic] = [:]
  /// In the order in which they are stored, again and again.
  private var rows: [(topic: String, payload: [UInt8])] = []
  private let jobs: Int
  private let rate: Int
  private var next = 0
  /// Rows that were stored.
  private(set) var fed = 0

  private static let steps = 20
  private static let mostRows = 100_000

  init(bootstrap: String, workload: Workload, rate: Int) throws {
    producer = try Producer(
      properties: ClientProperties(["bootstrap.servers": bootstrap, "linger.ms": "50"]), observer: SilentObserver())
    for name in workload.topics.inputs { topics[name] = try producer.topic(named: name) }
    jobs = workload.topics.jobs.count
    self.rate = rate
    // A whole number of rows of each job, or nearly so: rows come from all copies of a job in turn.
    workload.forEachRow(Self.mostRows) { rows.append(($0, $1)) }
  }

  /// Stores rows of each job.
  func feedAll() throws {
    try feed(rows: rows.count)
    guard producer.flush(timeoutMilliseconds: 60_000, { _ in }) else { throw BenchError("rows were not stored") }
  }

  /// Stores rows at the rate for some seconds.
  func feed(seconds: Int) async throws {
    let clock = ContinuousClock()
    var due = clock.now
    for _ in 0..<(seconds * Self.steps) {
      try feed(rows: rate / Self.steps)
      due += .seconds(1) / Self.steps
      try await Task.sleep(until: due, clock: clock)
    }
  }

  private func feed(rows count: Int) throws {
    let key = UnsafeRawBufferPointer(start: nil, count: 0)
    for _ in 0..<count {
      let row = rows[next]
      next = (next + 1) % rows.count
      fed += 1
      guard let topic = topics[row.topic] else { continue }
      while true {
        let code = row.payload.withUnsafeBytes {
          producer.produce(to: topic, partition: 0, value: $0, key: key, timestamp: 0, tag: 0)
        }
        guard let code else { break }
        guard code == .queueFull else { throw KafkaError(code, operation: "store a row") }
        producer.poll(timeoutMilliseconds: 50) { _ in }
      }
    }
    producer.poll(timeoutMilliseconds: 0) { _ in }
  }
}
