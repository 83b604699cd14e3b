import Testing

@testable import MetricRouter

@Suite struct RoutingTopicOpeningTests {
  private func topics(_ outputs: some Sequence<Int32>, since: Int64 = 0) -> [TopicOpening.Topic] {
    outputs.map { TopicOpening.Topic(output: $0, partitions: 2, since: since) }
  }

  @Test func aProducerHasOneFetchAtATimeAndTheNextTakesWhatCameMeanwhile() {
    var opening = TopicOpening()
    opening.add(0, partitions: 2, producer: 0, now: 0)
    #expect(opening.next(for: 0, now: 0) == topics(0..<1))
    opening.add(1, partitions: 2, producer: 0, now: 0)
    opening.add(2, partitions: 2, producer: 0, now: 0)
    opening.add(3, partitions: 2, producer: 1, now: 0)
    #expect(opening.next(for: 0, now: 0) == [])
    #expect(opening.next(for: 1, now: 0) == topics(3..<4), "another producer's fetch goes on")
    #expect(opening.ended(for: 0, known: [true], now: 0).open == topics(0..<1))
    #expect(opening.next(for: 0, now: 0) == topics(1..<3))
    #expect(opening.ended(for: 1, known: [true], now: 0).open == topics(3..<4))
    #expect(opening.ended(for: 0, known: [true, true], now: 0).open == topics(1..<3))
    #expect(opening.next(for: 0, now: 0) == [] && opening.next(for: 1, now: 0) == [])
  }

  @Test func aFetchNamesABoundedNumberOfTopics() {
    var opening = TopicOpening()
    let limit = Int32(TopicOpening.batchLimit)
    for output in 0..<limit + 5 { opening.add(output, partitions: 2, producer: 0, now: 0) }
    #expect(opening.next(for: 0, now: 0) == topics(0..<limit))
    let known = Array(repeating: true, count: TopicOpening.batchLimit)
    #expect(opening.ended(for: 0, known: known, now: 0).open == topics(0..<limit))
    #expect(opening.next(for: 0, now: 0) == topics(limit..<limit + 5))
  }

  @Test func whatBrokersDoNotKnowYetIsFetchedAgainAfterTheOthersAndAPause() {
    var opening = TopicOpening()
    for output in Int32(0)..<3 { opening.add(output, partitions: 2, producer: 0, now: 0) }
    #expect(opening.next(for: 0, now: 0) == topics(0..<3))
    opening.add(3, partitions: 2, producer: 0, now: 0)
    #expect(opening.ended(for: 0, known: [false, true, false], now: 10) == .init(open: topics(1..<2)))
    let next = 10 + TopicOpening.pauseMilliseconds
    #expect(opening.next(for: 0, now: next - 1) == [])
    #expect(opening.next(for: 0, now: next) == topics([3, 0, 2]))
  }

  @Test func aTopicThatStaysUnknownIsRecreated() {
    var opening = TopicOpening()
    opening.add(0, partitions: 2, producer: 0, now: 0)
    #expect(opening.next(for: 0, now: 0) == topics(0..<1))
    #expect(opening.ended(for: 0, known: [false], now: TopicOpening.lostMilliseconds - 1) == .init())
    #expect(opening.next(for: 0, now: TopicOpening.lostMilliseconds * 2) == topics(0..<1))
    #expect(opening.ended(for: 0, known: [false], now: TopicOpening.lostMilliseconds * 2) == .init(lost: topics(0..<1)))
    #expect(opening.next(for: 0, now: .max) == [])
  }

  @Test func oneThatExistedIsSoonTakenForDeletedButNotAfterOneFetch() {
    var opening = TopicOpening()
    opening.add(0, partitions: 2, producer: 3, existed: true, now: 0)
    opening.add(1, partitions: 2, producer: 3, now: 0)
    #expect(opening.hasExisting && opening.next(for: 3, now: 0).map(\.output) == [0, 1])
    #expect(opening.ended(for: 3, known: [false, false], now: 3500) == .init(), "perhaps no broker answered")
    #expect(opening.hasExisting && opening.next(for: 3, now: 5600).map(\.output) == [0, 1])
    let outcome = opening.ended(for: 3, known: [false, false], now: 5600)
    #expect(outcome.lost.map(\.output) == [0] && outcome.open == [])
    #expect(!opening.hasExisting)
  }

  @Test func bucketsAreRefilled() {
    var bucket = TokenBucket(perMinute: 2, now: 0)
    #expect(bucket.take(now: 0) == true)
    #expect(bucket.take(now: 0) == true)
    #expect(bucket.take(now: 29_999) == false)
    #expect(bucket.take(now: 30_001) == true)
    #expect(bucket.take(now: 10) == false, "a clock that goes back brings nothing")
    bucket.giveBack()
    #expect(bucket.take(now: 30_001) == true)
    #expect(bucket.isFull(now: 40_000) == false)
    #expect(bucket.isFull(now: 10_000_000) == true)
  }
}
