import Kafka
import TestSupport
import Testing

@testable import MetricRouter

@Suite struct RoutingTopicOpeningTests {
  private let producer: Producer

  init() throws {
    producer = try Producer(
      properties: ClientProperties(["bootstrap.servers": "127.0.0.1:1"]), observer: SilentObserver())
  }

  @Test func soManyAtATimeAndTheNextWithEachAnswer() throws {
    var opening = TopicOpening(producerCount: 1)
    let limit = TopicOpening.limitPerProducer
    for output in 0..<limit + 3 { opening.add(Int32(output), partitions: 2) }
    var handles: [ProducerTopic] = []
    while let topic = opening.next(now: 0) {
      #expect(topic == TopicOpening.Topic(output: Int32(handles.count), partitions: 2))
      handles.append(try producer.topic(named: "topic-\(handles.count)"))
      opening.opened(handles[handles.count - 1], now: 0)
    }
    #expect(handles.count == limit && opening.isCrowded && !opening.isEmpty)
    #expect(opening.next(now: TopicOpening.longestMilliseconds - 1) == nil)
    opening.answered(handles[5])
    opening.answered(handles[5])
    #expect(opening.next(now: 1)?.output == Int32(limit))
    opening.opened(try producer.topic(named: "another"), now: 1)
    #expect(opening.next(now: 1) == nil)
    // A topic without rows does not hold up the others for ever.
    #expect(opening.next(now: TopicOpening.longestMilliseconds)?.output == Int32(limit + 1))
    #expect(opening.next(now: TopicOpening.longestMilliseconds)?.output == Int32(limit + 2))
    #expect(opening.isEmpty && opening.next(now: 1_000_000) == nil)
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
