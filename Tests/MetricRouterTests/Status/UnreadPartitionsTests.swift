import Kafka
import Testing

@testable import MetricRouter

/// When a router joins its group again because nobody reads some partitions of the inputs.
@Suite struct UnreadPartitionsTests {
  private static func place(_ number: Int32) -> TopicPartition { TopicPartition(topic: "loadavg", partition: number) }
  private let both: Set<TopicPartition> = [Self.place(0), Self.place(1)]

  @Test func aPartitionThatNobodyGotAtTheStartIsAskedForAtOnce() {
    var unread = UnreadPartitions(refreshMilliseconds: 30000)
    unread.see(existing: both, read: [Self.place(0)], now: 1000)
    #expect(unread.overdue(now: 5999) == [])
    #expect(!unread.mustRejoin(isFirst: true, now: 5999))
    #expect(unread.overdue(now: 6000) == [Self.place(1)])
    #expect(unread.mustRejoin(isFirst: true, now: 6000))
    // The group has a minute, then two, to assign it.
    #expect(!unread.mustRejoin(isFirst: true, now: 65_999))
    #expect(unread.mustRejoin(isFirst: true, now: 66_000))
    #expect(!unread.mustRejoin(isFirst: true, now: 185_999))
    #expect(unread.mustRejoin(isFirst: true, now: 186_000))
  }

  @Test func theOtherRoutersOfAGroupWaitForTheFirst() {
    var unread = UnreadPartitions(refreshMilliseconds: 30000)
    unread.see(existing: both, read: [Self.place(0)], now: 0)
    #expect(!unread.mustRejoin(isFirst: false, now: 24_999))
    #expect(unread.mustRejoin(isFirst: false, now: 25_000))
  }

  /// Members find what is new in their next look at the topics.
  @Test func aPartitionThatIsAddedLaterHasTimeUntilMembersLookAgain() {
    var unread = UnreadPartitions(refreshMilliseconds: 30000)
    unread.see(existing: [Self.place(0)], read: [Self.place(0)], now: 0)
    unread.see(existing: both, read: [Self.place(0)], now: 10_000)
    #expect(unread.overdue(now: 54_999) == [])
    #expect(unread.overdue(now: 55_000) == [Self.place(1)])
    unread.see(existing: both, read: both, now: 56_000)
    #expect(unread.overdue(now: 1_000_000) == [])
  }

  @Test func aRebalanceBeginsTheWaitAnew() {
    var unread = UnreadPartitions(refreshMilliseconds: 30000)
    unread.see(existing: both, read: [], now: 0)
    unread.see(existing: both, read: nil, now: 4000)
    #expect(!unread.mustRejoin(isFirst: true, now: 6000))
    unread.see(existing: both, read: [Self.place(1)], now: 7000)
    #expect(unread.overdue(now: 12_000) == [Self.place(0)])
  }

  /// Without inputs nothing has ever been complete.
  @Test func noPartitionAtAllIsNoCompleteGroup() {
    var unread = UnreadPartitions(refreshMilliseconds: 30000)
    unread.see(existing: [], read: [], now: 0)
    unread.see(existing: both, read: [], now: 100)
    #expect(unread.overdue(now: 5100) == [Self.place(0), Self.place(1)])
  }
}
