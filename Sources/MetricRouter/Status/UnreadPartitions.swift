internal import Kafka

/// The partitions of the inputs that no member of the group reads: since when, and when to join the group again.
///
/// A broker gives a static member that comes back within its session timeout the partitions that it had. A topic or partition
/// that was made while it was away is given to nobody then; and since librdkafka sees it in its first look at the topics, no
/// later look finds anything new, and the group stays as it is.
struct UnreadPartitions {
  /// How long a partition may be without a reader before anybody of the group has read all of them, in milliseconds.
  static let firstPatience: Int64 = 5000
  /// The routers of a group do not all join it again at once: the first in order does, then the others.
  static let othersPatience: Int64 = 20000
  /// The shortest and the longest time from one attempt to the next, in milliseconds.
  static let pauses: ClosedRange<Int64> = 60000...600_000

  /// How long a partition that is new may be without a reader: members notice it by their own looks at the topics.
  private let patience: Int64
  /// The moment since which each partition has no reader.
  private var since: [TopicPartition: Int64] = [:]
  /// Whether all of them have ever had a reader since this router started.
  private var wasComplete = false
  private var nextRejoin: Int64 = .min
  private var pause = pauses.lowerBound

  /// - Parameter refreshMilliseconds: how often members look for new topics and partitions.
  init(refreshMilliseconds: Int64) {
    patience = refreshMilliseconds + 15000
  }

  /// Takes in what the brokers say.
  ///
  /// - Parameters:
  ///   - existing: the partitions of the inputs that can be read.
  ///   - read: those that the members of the group have; `nil` while it is being rebalanced.
  mutating func see(existing: Set<TopicPartition>, read: Set<TopicPartition>?, now: Int64) {
    guard let read else {
      since.removeAll()
      return
    }
    let unread = existing.subtracting(read)
    since = Dictionary(uniqueKeysWithValues: unread.map { ($0, since[$0] ?? now) })
    guard unread.isEmpty else { return }
    wasComplete = !existing.isEmpty || wasComplete
    pause = Self.pauses.lowerBound
  }

  /// The partitions that have had no reader for too long, in order.
  func overdue(now: Int64) -> [TopicPartition] { overdue(after: allowed, now: now) }

  /// Whether to join the group again now; the next attempt comes after a pause.
  ///
  /// - Parameter isFirst: whether this router is the first member of the group.
  mutating func mustRejoin(isFirst: Bool, now: Int64) -> Bool {
    let limit = allowed + (isFirst ? 0 : Self.othersPatience)
    guard now >= nextRejoin, !overdue(after: limit, now: now).isEmpty else { return false }
    nextRejoin = now + pause
    pause = min(pause * 2, Self.pauses.upperBound)
    return true
  }

  private var allowed: Int64 { wasComplete ? patience : Self.firstPatience }

  private func overdue(after limit: Int64, now: Int64) -> [TopicPartition] {
    since.filter { now - $0.value >= limit }.map(\.key).sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
  }
}
