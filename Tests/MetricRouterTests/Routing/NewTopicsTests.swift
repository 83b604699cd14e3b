import Kafka
import Testing

@testable import MetricRouter

@Suite struct NewTopicsTests {
  private func answers(_ names: String...) -> [TopicCreationQueue.Answer] {
    names.map { TopicCreationQueue.Answer(topic: $0, result: .success(1)) }
  }

  @Test func oneTopicOfTheOldestBatchIsAskedForAfterPausesThatGrow() {
    var topics = NewTopics()
    #expect(topics.nextQuestion == nil && topics.question(now: 0) == nil)
    topics.add(answers("a", "b"), now: 1000)
    topics.add(answers("c"), now: 1010)
    var asked: [String] = []
    var pauses: [Int64] = []
    var now: Int64 = 1010
    for _ in 0..<7 {
      asked.append(topics.question(now: now)?.sample ?? "none")
      #expect(topics.answered(areKnown: false, now: now).isEmpty)
      #expect(topics.question(now: now) == nil)
      pauses.append((topics.nextQuestion ?? now) - now)
      now = topics.nextQuestion ?? now
    }
    #expect(asked == ["b", "a", "b", "a", "b", "a", "b"])
    #expect(pauses == [25, 50, 100, 200, 400, 400, 400])
    #expect(topics.answered(areKnown: true, now: now).map(\.topic) == ["a", "b"])
    #expect(topics.question(now: now)?.topics == ["c"], "the next batch may be known by now")
    #expect(topics.answered(areKnown: true, now: now).map(\.topic) == ["c"])
    #expect(topics.nextQuestion == nil)
  }

  @Test func aBatchThatStaysUnknownIsHandedOnAfterSomeSeconds() {
    var topics = NewTopics()
    topics.add(answers("gone"), now: 0)
    topics.add([], now: 0)
    topics.add(answers("later"), now: 1)
    #expect(topics.answered(areKnown: false, now: NewTopics.patienceMilliseconds - 1).isEmpty)
    #expect(topics.answered(areKnown: false, now: NewTopics.patienceMilliseconds).map(\.topic) == ["gone"])
    // The brokers come to it only now.
    let now = 2 * NewTopics.patienceMilliseconds - 1
    #expect(topics.answered(areKnown: false, now: now).isEmpty)
    #expect(topics.answered(areKnown: false, now: now + 1).map(\.topic) == ["later"])
    #expect(topics.nextQuestion == nil)
  }
}
