import Kafka
import Testing

@testable import MetricRouter
@testable import Topics

/// How a topic is noticed that is another one than before.
@Suite struct TopicWatchTests {
  private static let place = TopicWatch.Place(next: 10, latest: 1000)
  private static let failure = KafkaError(.timedOut, operation: "ask")

  @Test func aYoungerRowBeforeThePositionIsAnotherTopics() {
    for offset in 0..<10 as Range<Int64> { #expect(TopicWatch.isAnother(Self.place, younger: .success(offset))) }
    for offset in [10, 11, .max] as [Int64] { #expect(!TopicWatch.isAnother(Self.place, younger: .success(offset))) }
    #expect(!TopicWatch.isAnother(Self.place, younger: nil), "there is no younger row")
    #expect(!TopicWatch.isAnother(Self.place, younger: .failure(Self.failure)))
  }

  @Test func aPartitionThatEndsBeforeThePositionIsAnotherTopics() {
    #expect(TopicWatch.isAnother(Self.place, ends: .success(Watermarks(low: 0, high: 9))))
    #expect(!TopicWatch.isAnother(Self.place, ends: .success(Watermarks(low: 0, high: 10))))
    #expect(!TopicWatch.isAnother(Self.place, ends: .success(Watermarks(low: 12, high: 20))), "rows have expired")
    #expect(!TopicWatch.isAnother(Self.place, ends: .failure(Self.failure)))
    #expect(!TopicWatch.isAnother(Self.place, ends: nil))
  }
}
