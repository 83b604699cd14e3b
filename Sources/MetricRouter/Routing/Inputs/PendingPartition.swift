internal import Kafka
internal import Runtime

/// A partition that is the router's in its group and is not read: it was just assigned, or something is wrong with it.
struct PendingPartition: Equatable {
  /// The number of the last question before it came to be: what answers that and earlier ones says nothing about it.
  var since: UInt64
  /// The offset up to which the partition was read; then rows of it may be under way.
  var position: Int64?
  /// Whether the broker has said that there is no such position.
  var isOutside = false
  /// Whether its topic is another one than that of which offsets are committed.
  var isAnew = false
  /// Whether the group had committed nothing at all at the first question; `nil` before that.
  var isFirst: Bool?
  /// When to ask for it next, by the monotonic clock.
  var notBefore: Int64 = 0
  /// When it came to be.
  let created = MonotonicClock.milliseconds()

  /// Brokers drop a deleted topic's offsets a moment after the topic. A position that no longer exists counts for
  /// that only after this time, or the offsets of the new topic would be dropped with the old ones'.
  static let dropMilliseconds: Int64 = 2000

  init(since: UInt64, position: Int64? = nil, isOutside: Bool = false, isAnew: Bool = false) {
    self.since = since
    self.position = position
    self.isOutside = isOutside
    self.isAnew = isAnew
  }
}

/// The start of a partition: its offset and the number of the question that led to it.
struct PartitionBegin {
  var offset: Int64 = 0
  /// The number of the last question before.
  var number: UInt64 = 0
}
