import Kafka
import Testing

@testable import MetricRouter

/// When a router joins its group again because nobody reads some partitions of the inputs.
@Suite struct UnreadPartitionsTests {
  private static func place(_ number: Int32) -> TopicPartition { TopicPartition(topic: "loadavg", partition: number) }
  /// A reference, because an expectation cannot change a value.
  private final class Watched {
    var unread = UnreadPartitions(refreshMilliseconds: 30000)

    func rejoins(isFirst: Bool = true, at now: Int64) -> Bool { unread.mustRejoin(isFirst: isFirst, now: now) }
  }

  private let both: Set<TopicPartition> = [Self.place(0), Self.place(1)]

  @Test func aPartitionThatNobodyGotAtTheStartIsAskedForAtOnce() {
    let watched = Watched()
    watched.unread.see(existing: both, read: [Self.place(0)], now: 1000)
    #expect(watched.unread.overdue(now: 5999) == [])
    #expect(!watched.rejoins(at: 5999))
    #expect(watched.unread.overdue(now: 6000) == [Self.place(1)])
    #expect(watched.rejoins(at: 6000))
    // The group has a minute, then two, to assign it.
    #expect(!watched.rejoins(at: 65_999))
    #expect(watched.rejoins(at: 66_000))
    #expect(!watched.rejoins(at: 185_999))
    #expect(watched.rejoins(at: 186_000))
  }

  @Test func theOtherRoutersOfAGroupWaitForTheFirst() {
    let watched = Watched()
    watched.unread.see(existing: both, read: [Self.place(0)], now: 0)
    #expect(!watched.rejoins(isFirst: false, at: 24_999))
    #expect(watched.rejoins(isFirst: false, at: 25_000))
  }

  /// Members find what is new in their next look at the topics.
  @Test func aPartitionThatIsAddedLaterHasTimeUntilMembersLookAgain() {
    let watched = Watched()
    watched.unread.see(existing: [Self.place(0)], read: [Self.place(0)], now: 0)
    watched.unread.see(existing: both, read: [Self.place(0)], now: 10_000)
    #expect(watched.unread.overdue(now: 54_999) == [])
    #expect(watched.unread.overdue(now: 55_000) == [Self.place(1)])
    watched.unread.see(existing: both, read: both, now: 56_000)
    #expect(watched.unread.overdue(now: 1_000_000) == [])
  }

  @Test func aRebalanceBeginsTheWaitAnew() {
    let watched = Watched()
    watched.unread.see(existing: both, read: [], now: 0)
    watched.unread.see(existing: both, read: nil, now: 4000)
    #expect(!watched.rejoins(at: 6000))
    watched.unread.see(existing: both, read: [Self.place(1)], now: 7000)
    #expect(watched.unread.overdue(now: 12_000) == [Self.place(0)])
  }

  /// Without inputs nothing has ever been complete.
  @Test func noPartitionAtAllIsNoCompleteGroup() {
    let watched = Watched()
    watched.unread.see(existing: [], read: [], now: 0)
    watched.unread.see(existing: both, read: [], now: 100)
    #expect(watched.unread.overdue(now: 5100) == [Self.place(0), Self.place(1)])
  }
}
