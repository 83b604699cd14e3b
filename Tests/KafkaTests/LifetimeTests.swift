import Kafka
import Runtime
import TestSupport
import Testing

/// The end of clients, in any order and in any state, neither hangs nor crashes, and leaves no thread behind.
@Suite(.timeLimit(.minutes(2))) struct LifetimeTests {
  @Test func aHundredCyclesInAnyOrder() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 2)
    try await onOwnThread {
      var generator = SeededGenerator(seed: 4)
      let threads = try Memory.threadCount()
      let before = MonotonicClock.milliseconds()
      for cycle in 0..<100 {
        var things = try Self.makeThings(Clients(broker), group: "group-\(cycle)", &generator)
        things.shuffle(using: &generator)
        while !things.isEmpty { things.removeLast() }
      }
      #expect(MonotonicClock.milliseconds() - before < 15_000)
      try eventuallyBlocking("all threads have ended", within: .seconds(20)) { try Memory.threadCount() <= threads }
    }
  }

  /// A client of each kind, in a state that chance decides.
  private static func makeThings(
    _ clients: Clients, group: String, _ generator: inout SeededGenerator
  ) throws -> [AnyObject] {
    let place = TopicPartition(topic: "topic", partition: 0)
    let producer = try clients.producer()
    let handle = try producer.topic(named: "topic")
    for number in 0..<20 { #expect(producer.send("\(group) \(number)", to: handle) == nil) }
    if generator.chance(oneIn: 2) { producer.poll(timeoutMilliseconds: 5) { _ in } }
    let delegate = NotingDelegate()
    let consumer = try clients.consumer(group)
    if generator.chance(oneIn: 2) { consumer.delegate = delegate }
    if generator.chance(oneIn: 2) {
      try consumer.subscribe(to: ["topic"])
    } else {
      try consumer.assign([TopicPartitionOffset(place, offset: 0)])
    }
    for _ in 0..<Int.random(in: 0..<4, using: &generator) {
      if let message = try consumer.poll(timeoutMilliseconds: 10) { #expect(consumer.retain(message.source)) }
    }
    if generator.chance(oneIn: 4) { try consumer.commit([TopicPartitionOffset(place, offset: 1)]) }
    if generator.chance(oneIn: 4) { _ = consumer.leave(timeoutMilliseconds: 100) }
    return [producer, delegate, consumer, try clients.admin()]
  }

  @Test func theBrokerGoesFirst() async throws {
    try await onOwnThread {
      for _ in 0..<10 {
        var broker: EmbeddedBroker? = try EmbeddedBroker()
        try broker?.createTopic("topic", partitions: 1)
        let clients = Clients(try #require(broker))
        let producer = try clients.producer()
        let handle = try producer.topic(named: "topic")
        #expect(producer.send("row", to: handle) == nil)
        _ = try producer.settle()
        let consumer = try clients.consumer()
        try consumer.subscribe(to: ["topic"])
        _ = try consumer.poll(timeoutMilliseconds: 10)
        broker = nil
        #expect(producer.send("row", to: handle) == nil)
        let before = MonotonicClock.milliseconds()
        #expect(consumer.leave(timeoutMilliseconds: 3000))
        #expect(MonotonicClock.milliseconds() - before < 5000)
      }
    }
  }

  @Test func aMessageOutlivesWhatWasPolledAfterIt() async throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("topic", partitions: 1)
    try await onOwnThread {
      let clients = Clients(broker)
      let producer = try clients.producer()
      let handle = try producer.topic(named: "topic")
      for number in 0..<1000 { #expect(producer.send("row \(number)", to: handle) == nil) }
      _ = try producer.settle()
      let consumer = try clients.consumer()
      try consumer.assign([TopicPartitionOffset(TopicPartition(topic: "topic", partition: 0), offset: 0)])
      var held: [Held] = []
      try eventuallyBlocking("all rows") {
        while let message = try consumer.poll(timeoutMilliseconds: 20) { held.append(Held(message)) }
        return held.count == 1000
      }
      #expect(consumer.leave(timeoutMilliseconds: 5000))
      #expect(held.map { $0.text } == (0..<1000).map { "row \($0)" })
      held = []
    }
  }

  private final class Held {
    private let message: ConsumedMessage

    init(_ message: consuming ConsumedMessage) {
      self.message = message
    }

    var text: String { String(decoding: message.payload, as: UTF8.self) }
  }

  @Test func aClientThatCannotBeMadeLeavesNothing() throws {
    let threads = try Memory.threadCount()
    let before = try Memory.residentBytes()
    for _ in 0..<2000 {
      #expect(throws: KafkaError.self) { try Clients.ofNobody().producer(["acks": "1"]) }
    }
    #expect(try Memory.threadCount() <= threads)
    #expect(try Memory.residentBytes() - before < 20 << 20)
  }
}
