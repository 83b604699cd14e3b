import Kafka
import Testing

@testable import MetricRouter

@Suite struct InputProgressTests {
  private static let first = TopicPartition(topic: "a", partition: 0)
  private static let second = TopicPartition(topic: "b", partition: 1)

  private static func ends(_ first: Int64, _ second: Int64, low: Int64 = 0) -> [TopicPartition: Watermarks] {
    [Self.first: Watermarks(low: low, high: first), Self.second: Watermarks(low: low, high: second)]
  }

  @Test func itIsTheLastLookThatIsRouted() {
    var progress = InputProgress()
    #expect(progress.caughtUp(committed: [:]) == nil)
    progress.observe(Self.ends(10, 20), at: 100)
    progress.observe(Self.ends(15, 20), at: 200)
    progress.observe(Self.ends(18, 25), at: 300)
    #expect(progress.caughtUp(committed: [Self.first: 9, Self.second: 30]) == nil)
    #expect(progress.caughtUp(committed: [Self.first: 10]) == nil, "nothing is committed of the other")
    #expect(progress.caughtUp(committed: [Self.first: 17, Self.second: 20]) == 200)
    #expect(progress.behindSince == 300)
    #expect(progress.caughtUp(committed: [Self.first: 18, Self.second: 25]) == 300)
    #expect(progress.behindSince == nil)
  }

  @Test func rowsThatAreGoneAreNotWaitedFor() {
    var progress = InputProgress()
    progress.observe(Self.ends(10, 10, low: 10), at: 100)
    #expect(progress.caughtUp(committed: [Self.first: TopicPartitionOffset.invalid]) == 100)
  }

  @Test func itForgetsLooksWhenItIsBehindForLong() {
    var progress = InputProgress()
    for time in 0..<5000 { progress.observe(Self.ends(Int64(time), 0), at: Int64(time)) }
    #expect(progress.caughtUp(committed: [Self.first: 0]) == 0)
    let found = progress.caughtUp(committed: [Self.first: 4000])
    #expect(found.map { $0 > 3900 && $0 <= 4000 } == true, "\(found ?? -1)")
    #expect(progress.caughtUp(committed: [Self.first: 4999]) == 4999)
  }
}
