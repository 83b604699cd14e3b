import Kafka
import TestSupport
import Testing

@testable import Reading

/// Reading whole partitions of an embedded broker.
@Suite(.timeLimit(.minutes(1))) struct PartitionReaderTests {
  private let broker: EmbeddedBroker
  private let connection: ReadingConnection
  private let properties: ClientProperties

  init() throws {
    broker = try EmbeddedBroker()
    let common = ClientProperties(["bootstrap.servers": broker.bootstrapServers])
    properties = common.merging(ClientProperties(["group.id": "readers"]))
    connection = try ReadingConnection(
      try AdminClient(properties: common, observer: SilentObserver()), observer: SilentObserver(),
      timeoutMilliseconds: 20_000)
  }

  /// Stores `count` messages in each partition; their value is `<partition>/<offset>`.
  private func store(_ topic: String, partitions: Int32, count: Int) throws -> [TopicPartition] {
    try broker.createTopic(topic, partitions: partitions)
    let producer = try Producer(
      properties: ClientProperties(["bootstrap.servers": broker.bootstrapServers]), observer: SilentObserver())
    let handle = try producer.topic(named: topic)
    for partition in 0..<partitions {
      for offset in 0..<count {
        let value = Array("\(partition)/\(offset)".utf8)
        let code = value.withUnsafeBytes {
          producer.produce(to: handle, partition: partition, value: $0, key: $0, timestamp: 1_700_000_000_000, tag: 0)
        }
        #expect(code == nil)
      }
    }
    #expect(producer.flush(timeoutMilliseconds: 20_000, { _ in }))
    return (0..<partitions).map { TopicPartition(topic: topic, partition: $0) }
  }

  private func read(
    _ ranges: [PartitionReader.OffsetRange], progress: (Int64) -> Bool = { _ in true }
  ) throws -> (rows: [Int: [String]], outcome: PartitionReader.Outcome) {
    let reader = try connection.reader(properties, name: "test")
    defer { reader.close() }
    var rows: [Int: [String]] = [:]
    let outcome = try reader.read(
      ranges,
      take: { position, row in rows[position, default: []].append(String(decoding: row.payload, as: UTF8.self)) },
      progress: progress)
    return (rows, outcome)
  }

  @Test func eachRangeIsReadInOrderAndNotBeyond() throws {
    let partitions = try store("a", partitions: 3, count: 10)
    let ends = connection.ends(of: partitions)
    #expect(try partitions.allSatisfy { try ends[$0]?.get().high == 10 })
    // One from the middle, one of one row, one that is empty; the first has rows behind its end.
    let ranges = zip(partitions, [(2, 7), (9, 10), (4, 4)] as [(Int64, Int64)]).map { partition, range in
      PartitionReader.OffsetRange(partition: partition, start: range.0, end: range.1, isEndWithin: range.1 < 10)
    }
    var last: Int64 = -1
    let (rows, outcome) = try read(ranges) { done in
      #expect(done >= last)
      last = done
      return true
    }
    #expect(rows == [0: (2..<7).map { "0/\($0)" }, 1: ["1/9"]])
    #expect(!outcome.isStopped && outcome.deletedTopics.isEmpty)
  }

  /// The last offsets of a range may have no row: retention or transaction markers.
  @Test func theEndOfAPartitionEndsItsRange() throws {
    let partition = try store("b", partitions: 1, count: 3)[0]
    let range = PartitionReader.OffsetRange(partition: partition, start: 1, end: 8, isEndWithin: false)
    #expect(try read([range]).rows == [0: ["0/1", "0/2"]])
  }

  @Test func itStopsWhenItIsTold() throws {
    let partition = try store("c", partitions: 1, count: 3)[0]
    let range = PartitionReader.OffsetRange(partition: partition, start: 0, end: 3, isEndWithin: true)
    let (rows, outcome) = try read([range]) { _ in false }
    #expect(rows.isEmpty && outcome.isStopped)
  }

  @Test func theEmbeddedBrokerIsRecognized() throws {
    #expect(connection.isEmbedded)
  }
}
