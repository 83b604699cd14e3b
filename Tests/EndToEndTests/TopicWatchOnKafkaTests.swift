import Kafka
import MetricRouter
import Runtime
import TestSupport
import Testing
import Topics

/// A topic that is deleted and made again under who reads it by `assign`, on Apache Kafka.
@Suite(.requiresKafka, .timeLimit(.minutes(1))) struct TopicWatchOnKafkaTests {
  /// Before the first regular look: the topic comes back with more rows than had been read, and reading goes on among them.
  @Test func aTopicThatIsMadeAgainRightAfterTheStartIsNoticed() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let topic = "watched\(stage.tag)"
    let place = TopicPartition(topic: topic, partition: 0)
    func feed(_ count: Int) throws { try stage.send((0..<count).map { (nil, "row \($0)") }, to: topic) }
    try stage.makeTopics([topic: 1])
    try feed(5)
    var properties = Stage.client(stage.adminProperties).forReader(group: stage.group)
    // Otherwise it takes librdkafka minutes to find the second topic.
    properties["topic.metadata.refresh.interval.ms"] = "200"
    let consumer = try Consumer(properties: properties, observer: SilentObserver())
    try consumer.assign([TopicPartitionOffset(place, offset: TopicPartitionOffset.beginning)])
    var watch = TopicWatch(topic: topic, partitionCount: 1, readsAll: true)
    func read(to offset: Int64) throws {
      try eventuallyBlocking("offset \(offset)", within: .seconds(30)) {
        do {
          switch try consumer.pollItem(timeoutMilliseconds: 50) {
          case .row(let row):
            watch.note(row)
            return row.offset == offset
          default: return false
          }
        } catch {
          // The topic is not there for a moment.
          return false
        }
      }
    }
    try read(to: 4)
    let began = MonotonicClock.milliseconds()
    #expect(watch.check(consumer, now: began) == .none)
    _ = try stage.admin.deleteTopics([topic], timeoutMilliseconds: 30000)
    try await eventually("the second topic", within: .seconds(30)) { (try? stage.makeTopics([topic: 1])) != nil }
    try feed(10)
    try read(to: 9)
    // Brokers that are busy do not answer each time.
    var now = began
    try eventuallyBlocking("that it is another topic", within: .seconds(10)) {
      now += 10_000
      return watch.check(consumer, now: now) == .anew
    }
  }
}
