import Auditing
internal import Kafka
internal import MetricRouter
import Runtime
internal import TestSupport

/// Reads committed rows, as a user's program does, and notes when each came.
struct LiveReader {
  private struct Arrival {
    let input: Int
    let offset: Int64
    let time: Int64
  }

  private let consumer: Consumer
  private var inputs: [String: Int] = [:]
  private var arrivals: [Arrival] = []

  var count: Int { arrivals.count }

  init(_ partitions: [TopicPartition], bootstrap: String) throws {
    consumer = try Consumer(
      properties: ClientProperties([
        "bootstrap.servers": bootstrap, "group.id": "reader", "isolation.level": "read_committed",
      ]), observer: SilentObserver())
    try consumer.assign(partitions.map { TopicPartitionOffset($0, offset: 0) })
  }

  /// Takes what has come, and waits a moment where nothing has.
  mutating func read() throws {
    for index in 0..<1000 {
      do {
        guard let row = try consumer.poll(timeoutMilliseconds: index == 0 ? 20 : 0) else { return }
        guard let key = row.key, let place = RowPlace(String(decoding: key, as: UTF8.self)) else {
          throw BenchError("a row in \(row.topic) has no key")
        }
        let input = inputs[place.partition.topic] ?? inputs.count
        inputs[place.partition.topic] = input
        arrivals.append(Arrival(input: input, offset: place.offset, time: MonotonicClock.milliseconds()))
      } catch let error as KafkaError {
        guard error.remedy == .retry else { throw error }
      }
    }
  }

  /// How long each row took that was produced in the window.
  ///
  /// - Parameter starts: by input topic, the offset of its first row.
  func delays(of fed: LiveFeeder.Fed, _ starts: [String: Int64]) throws -> [Int64] {
    let topics = inputs.sorted { $0.value < $1.value }.map(\.key)
    var delays: [Int64] = []
    for arrival in arrivals {
      let topic = topics[arrival.input]
      let index = Int(arrival.offset - (starts[topic] ?? 0))
      guard let times = fed.times[topic], times.indices.contains(index) else {
        throw BenchError("\(topic) has a row at \(arrival.offset) that was not stored now")
      }
      if times[index] >= fed.windowBegan { delays.append(arrival.time - times[index]) }
    }
    return delays
  }
}
