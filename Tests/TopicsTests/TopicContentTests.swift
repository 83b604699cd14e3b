import Kafka
import Testing

@testable import MetricRouter
@testable import Topics

/// Counting, without a broker.
struct TopicContentTests {
  private static let now: Int64 = 1_800_000_000_000

  /// A partition whose last offsets hold so many rows of 100 bytes, the last one so old.
  private static func partition(_ low: Int64, _ high: Int64, rows: Int? = nil, age: Int64 = 1000) -> PartitionContent {
    let watermarks = Watermarks(low: low, high: high)
    guard let rows else { return PartitionContent(watermarks: watermarks, sample: nil) }
    var sample = PartitionSample(of: watermarks)
    for _ in 0..<rows { sample.add(bytes: 100, timestamp: now - age) }
    return PartitionContent(watermarks: watermarks, sample: sample)
  }

  /// The same with a last message that says that the job has ended.
  private static func ended(_ low: Int64, _ high: Int64, rows: Int) -> PartitionContent {
    var content = partition(low, high, rows: rows)
    content.sample?.addJobEnd(timestamp: now)
    return content
  }

  private static let unknown = PartitionContent(watermarks: nil, sample: nil)

  @Test(
    arguments: [
      // Partitions; offsets may be without rows; rows, bytes, state.
      ([], false, .init(0, isExact: true), .init(0, isExact: true), .empty),
      ([partition(5, 5)], false, .init(0, isExact: true), .init(0, isExact: true), .empty),
      // All of it was read.
      ([partition(5, 15, rows: 10)], true, .init(10, isExact: true), .init(1000, isExact: true), .active),
      // Three of ten offsets were a transaction's.
      ([partition(0, 10, rows: 7)], false, .init(7, isExact: true), .init(700, isExact: true), .active),
      // The end of it was read.
      ([partition(0, 1000, rows: 30)], false, .init(1000, isExact: true), .init(100_000, isExact: false), .active),
      ([partition(0, 1000, rows: 30)], true, .init(1000, isExact: false), .init(100_000, isExact: false), .active),
      ([partition(0, 1000, rows: 15)], false, .init(500, isExact: false), .init(50_000, isExact: false), .active),
      // It may not be read.
      ([partition(0, 1000)], false, .init(1000, isExact: true), nil, .unknown),
      ([partition(0, 1000)], true, .init(1000, isExact: false), nil, .unknown),
      ([unknown], false, nil, nil, .unknown),
      // Several.
      (
        [partition(0, 10, rows: 10, age: 20000), partition(0, 20, rows: 20, age: 15000), partition(3, 3)], false,
        .init(30, isExact: true), .init(3000, isExact: true), .silent
      ),
      ([partition(0, 10, rows: 10, age: 14999), unknown], false, nil, nil, .active),
      // A younger row may be in the partition that did not answer.
      ([partition(0, 10, rows: 10, age: 15000), unknown], false, nil, nil, .unknown),
      ([partition(0, 10, rows: 10, age: 23000), partition(0, 5)], false, .init(15, isExact: true), nil, .unknown),
      ([ended(0, 11, rows: 10), unknown], false, nil, nil, .unknown),
      ([partition(3, 3), unknown], false, nil, nil, .unknown),
      // The brokers' clock is ahead.
      ([partition(0, 1, rows: 1, age: -5000)], false, .init(1, isExact: true), .init(100, isExact: true), .active),
      // The job has ended: that message is no row.
      ([ended(0, 11, rows: 10)], false, .init(10, isExact: true), .init(1000, isExact: true), .ended),
      ([ended(0, 1000, rows: 29)], false, .init(999, isExact: true), .init(99_900, isExact: false), .ended),
      (
        [ended(0, 5, rows: 4), partition(0, 1, rows: 1, age: -1)], false, .init(5, isExact: true),
        .init(500, isExact: true), .active
      ),
      // All that was there is of transactions that were aborted.
      ([partition(0, 10, rows: 0)], false, .init(0, isExact: true), .init(0, isExact: true), .empty),
    ] as [([PartitionContent], Bool, TopicContent.Amount?, TopicContent.Amount?, TopicContent.State)])
  func countsHonestly(
    _ partitions: [PartitionContent], _ hasGaps: Bool, _ rows: TopicContent.Amount?, _ bytes: TopicContent.Amount?,
    _ state: TopicContent.State
  ) {
    let content = TopicContent(partitions, hasGaps: hasGaps, now: Self.now)
    #expect(content.rows == rows)
    #expect(content.bytes == bytes)
    #expect(content.state == state)
    // An age would be one of silence.
    if state == .unknown { #expect(content.lastRow == nil && content.ended == nil) }
  }
}
