public import Kafka
internal import Runtime

/// Notices changes of a topic that is read by `assign`, without a group: added partitions, or a topic that was deleted and
/// created again, where librdkafka 2.0.2 silently continues at the same offsets of the new one.
///
/// What tells them apart is time: all that was read up to some moment is older than whatever the new topic holds, so a
/// row that is younger than all of it and lies before the offset that had been reached is another topic's.
public struct TopicWatch {
  /// What has become of it.
  public enum Change: Sendable, Equatable {
    /// Nothing has happened, as far as is known.
    case none
    /// These partitions were added.
    case grown([TopicPartition])
    /// The topic was deleted and created again.
    case anew
    /// The topic does not exist.
    case absent
  }

  /// How far a partition was read.
  package struct Place: Equatable {
    package var next: Int64 = 0
    /// The latest time of its rows, in milliseconds since 1970; negative where none is known.
    package var latest: Int64 = -1
  }

  /// How often the brokers are asked.
  private static let intervalMilliseconds: Int64 = 3000
  /// Longer than a broker keeps the fetch of an idle topic, which is answered before these questions.
  private static let timeoutMilliseconds: Int32 = 1000

  private let topic: String
  private var places: [Place]
  /// The places at the last check: rows that were read since then may already belong to another topic.
  private var checked: [Place]
  /// Whether a younger row before the next offset can only be another topic's. Rows that were not read, and marks of
  /// transactions, may have any time.
  private var isTrusted: Bool
  private var nextCheck = MonotonicClock.milliseconds() + intervalMilliseconds

  /// - Parameter readsAll: whether the topic is read from its beginning. Else times count only once they were seen to
  ///   be in order.
  public init(topic: String, partitionCount: Int32, readsAll: Bool) {
    self.topic = topic
    places = Array(repeating: Place(), count: Int(partitionCount))
    checked = places
    isTrusted = readsAll
  }

  /// Takes note of a row.
  public mutating func note(_ row: borrowing ConsumedMessage) {
    let partition = Int(row.partition)
    guard places.indices.contains(partition) else { return }
    if places[partition].next == 0 {
      // Until the first look nothing tells this topic from the next one of its name.
      nextCheck = .min
    }
    places[partition].next = row.offset + 1
    if let time = row.timestamp, time > places[partition].latest { places[partition].latest = time }
  }

  /// Asks the brokers, if it is time to. Brokers that are away answer nothing.
  ///
  /// - Parameter consumer: the one that reads the topic; not one that may belong to another thread.
  public mutating func check(_ consumer: Consumer, now: Int64) -> Change {
    guard now >= nextCheck else { return .none }
    nextCheck = now + Self.intervalMilliseconds
    let found: Int32?
    do {
      found = try consumer.partitionCount(of: topic, timeoutMilliseconds: Self.timeoutMilliseconds)
    } catch {
      return .none
    }
    guard let count = found.map(Int.init) else { return .absent }
    if isAnew(consumer) { return .anew }
    guard count > places.count else { return count < places.count ? .anew : .none }
    let added = (places.count..<count).map { TopicPartition(topic: topic, partition: Int32($0)) }
    places += added.map { _ in Place() }
    checked += added.map { _ in Place() }
    return .grown(added)
  }

  private mutating func isAnew(_ consumer: Consumer) -> Bool {
    let read = places.indices.filter { places[$0].next > 0 }.map { TopicPartition(topic: topic, partition: Int32($0)) }
    guard !read.isEmpty else { return false }
    let times = read.map { ($0, checked[Int($0.partition)].latest + 1) }.filter { $0.1 > 0 }
    let younger = consumer.offsets(
      notBefore: Dictionary(times) { first, _ in first }, timeoutMilliseconds: Self.timeoutMilliseconds)
    let isYounger = times.contains { partition, _ in
      Self.isAnother(checked[Int(partition.partition)], younger: younger[partition])
    }
    if isYounger, isTrusted { return true }
    let isAnswered = younger.allSatisfy { if case .success = $0.value { true } else { false } }
    if !isYounger, isAnswered, !times.isEmpty { isTrusted = true }
    let ends = consumer.watermarks(of: read, timeoutMilliseconds: Self.timeoutMilliseconds)
    if read.contains(where: { Self.isAnother(places[Int($0.partition)], ends: ends[$0]) }) { return true }
    // Without an answer, the next one is compared with what was known before.
    for partition in read where isAnswered {
      if case .success = ends[partition] { checked[Int(partition.partition)] = places[Int(partition.partition)] }
    }
    return false
  }

  /// Whether a row that is younger than all that were read lies before the next one.
  package static func isAnother(_ place: Place, younger: Result<Int64, KafkaError>?) -> Bool {
    guard case .success(let offset) = younger else { return false }
    return offset < place.next
  }

  /// Whether the partition ends before the offset that it was read up to.
  package static func isAnother(_ place: Place, ends: Result<Watermarks, KafkaError>?) -> Bool {
    guard case .success(let ends) = ends else { return false }
    return ends.high < place.next
  }
}
