internal import Decomp
public import Kafka
public import Logging
internal import Runtime
internal import Topics

/// Reads the topic of the job index into an index: what all routers of the group have published, from the beginning and
/// as it comes. Without a group, so it needs READ permission on that topic alone.
///
/// One thread owns it.
public final class JobIndexFollower {
  /// What is filled.
  public let index: JobIndex
  /// Whether everything that was there at the beginning has been read.
  public private(set) var isComplete = false

  private let consumer: Consumer
  private let topic: String
  private let log: Log?
  /// The router whose own shares are known better than they were published; empty for none.
  private let instance: String
  /// What the keys of its messages end with.
  private let ownEnd: [UInt8]
  private var first: FirstReading
  /// The last message of each key until then: most keys have several.
  private var latest: [[UInt8]: [UInt8]?] = [:]
  private var watch: TopicWatch
  private var hasComplained = false
  private var lastPoint: Int64 = 0

  /// A follower that has read nothing yet.
  ///
  /// - Parameters:
  ///   - properties: for a consumer; `group.id` is not used, and need not be there.
  ///   - partitionCount: of the topic, which must exist.
  ///   - instance: the router that the index belongs to; empty for a reader.
  ///   - log: where it is said that a message cannot be read; `nil` for nowhere.
  public init(
    properties: ClientProperties, topic: String, partitionCount: Int32, index: JobIndex, instance: String = "",
    log: Log? = nil, observer: any ClientObserver
  ) throws(KafkaError) {
    watch = TopicWatch(topic: topic, partitionCount: partitionCount, readsAll: true)
    self.index = index
    self.topic = topic
    self.instance = instance
    ownEnd = Array("/\(instance)".utf8)
    self.log = log
    first = FirstReading(topic: topic, partitionCount: partitionCount)
    consumer = try Consumer(properties: properties.forReader(group: "ldms-router-index"), observer: observer)
    try consumer.assign(
      (0..<partitionCount).map {
        TopicPartitionOffset(TopicPartition(topic: topic, partition: $0), offset: TopicPartitionOffset.beginning)
      })
  }

  /// Takes the messages that have arrived, and waits at most this long for the first.
  ///
  /// - Throws: an error about the topic; it is worth trying again unless its remedy is `giveUp` or `fatal`.
  public func follow(milliseconds: Int32) throws(KafkaError) {
    try read(milliseconds: milliseconds)
    try watchTopic()
    // For a router its service does it.
    if instance.isEmpty { moveOn(MonotonicClock.milliseconds()) }
  }

  /// The states and courses of jobs, for who only reads.
  private func moveOn(_ now: Int64) {
    index.advance()
    guard isComplete, now - lastPoint >= JobSeries.interval else { return }
    lastPoint = now
    let time = WallClock.milliseconds()
    index.edit { $0.takePoints(time: time) }
  }

  private func read(milliseconds: Int32) throws(KafkaError) {
    var timeout = milliseconds
    // Bounded, so that the caller gets its turn.
    for _ in 0..<20000 {
      switch try consumer.pollItem(timeoutMilliseconds: timeout) {
      case .row(let message):
        timeout = 0
        watch.note(message)
        defer { noteProgress(message.partition, message.offset) }
        guard let key = message.key, !(isComplete && isOwn(key)) else { continue }
        let name = Array(key)
        let value = message.isTombstone ? nil : Array(message.payload)
        if isComplete { read(name, value) } else { latest[name] = .some(value) }
      case .end(let partition, _):
        timeout = 0
        finishPartition(partition.partition)
      case .failure(_, let error):
        throw error
      case .nothing:
        return
      }
    }
  }

  /// Partitions that were added are read as well.
  ///
  /// - Throws: if the topic was created again, so that reading has to start over; and, in a router,
  ///   where the topic is gone, as routers create it.
  private func watchTopic() throws(KafkaError) {
    switch watch.check(consumer, now: MonotonicClock.milliseconds()) {
    case .none: return
    case .absent:
      // A reader waits until a router has created it.
      guard !instance.isEmpty else { return }
      throw KafkaError(
        .unknownTopicOrPartition, operation: "read from \"\(topic)\"", reason: "the topic was deleted")
    case .grown(let partitions):
      if !isComplete { first.add(partitions.map(\.partition)) }
      try consumer.begin(at: partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.beginning) })
    case .anew:
      throw KafkaError(
        .unknownTopicOrPartition, operation: "read from \"\(topic)\"", reason: "the topic was deleted and created again"
      )
    }
  }

  /// Whether a message is this router's own, which it need not be told.
  private func isOwn(_ key: UnsafeRawBufferPointer) -> Bool {
    !instance.isEmpty && key.count > ownEnd.count && key.suffix(ownEnd.count).elementsEqual(ownEnd)
  }

  private func noteProgress(_ partition: Int32, _ offset: Int64) {
    guard !isComplete else { return }
    first.note(partition, offset, of: consumer)
    if first.isComplete { finishReading() }
  }

  private func finishPartition(_ partition: Int32) {
    first.finish(partition)
    if !isComplete, first.isComplete { finishReading() }
  }

  private func finishReading() {
    isComplete = true
    // A router that reads it again, because the topic was away, knows its own shares better.
    let isFirst = !index.isComplete
    // Routers first: what time it is tells how jobs are.
    let routers = latest.filter { $0.key.starts(with: Self.routerStem) }
    for (key, value) in routers { read(key, value, isEarlier: isFirst) }
    for (key, value) in latest where routers[key] == nil { read(key, value, isEarlier: isFirst) }
    latest = [:]
    index.complete()
  }

  private static let routerStem = Array("router/".utf8)

  private func read(_ key: [UInt8], _ value: [UInt8]?, isEarlier: Bool = false) {
    guard let meaning = JobIndexKey(key) else {
      complain(key, "its key is not one of the job index")
      return
    }
    switch meaning {
    case .router(let name):
      guard isEarlier || name != instance else { return }
      readRouter(key, value, name)
    case .job(let job, let name):
      // What this router knows it need not be told, but for what it knew before it was restarted.
      guard isEarlier || name != instance else { return }
      readShare(key, value, job, name, isEarlier: isEarlier)
    }
  }

  private func readShare(_ key: [UInt8], _ value: [UInt8]?, _ job: JobKey, _ name: String, isEarlier: Bool) {
    guard let value else {
      index.edit { $0.remove(job, instance: name) }
      return
    }
    do {
      let share = try JobShare(message: value, key: job, instance: name, valueNames: index.valueNames)
      index.edit { $0.merge(share, isEarlier: isEarlier) }
    } catch {
      complain(key, error.description)
    }
  }

  private func readRouter(_ key: [UInt8], _ value: [UInt8]?, _ name: String) {
    guard let value else {
      index.editRouters { $0.forget(name) }
      return
    }
    do {
      let router = try RouterClocks.Router(message: value, instance: name)
      let now = MonotonicClock.milliseconds()
      index.editRouters { $0.hear(router, now: now - router.age(wallClock: WallClock.milliseconds())) }
    } catch {
      complain(key, error.description)
    }
  }

  private func complain(_ key: [UInt8], _ problem: String) {
    guard !hasComplained else { return }
    hasComplained = true
    log?.warning(
      "skipping an unreadable message of the job index",
      [.topic: topic, .row: String(decoding: key, as: UTF8.self), .error: problem])
  }
}
