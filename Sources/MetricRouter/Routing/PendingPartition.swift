internal import Kafka
internal import Runtime

/// A partition that is the router's in its group and is not read: it was just assigned, or something is wrong with it.
struct PendingPartition: Equatable {
  /// The number of the last question before it came to be: what answers that and earlier ones says nothing about it.
  var since: UInt64
  /// Where it was read up to, if it was read; then rows of it may be under way.
  var position: Int64?
  /// Whether the broker has said that there is no such position.
  var isOutside = false
  /// Whether its topic is another one than that of which offsets are committed.
  var isAnew = false
  /// Whether the group had committed nothing at all when its offset was first asked for; `nil` before that.
  var isFirst: Bool?
  /// When to ask for it next, by the monotonic clock.
  var notBefore: Int64 = 0
  /// When it came to be.
  let created = MonotonicClock.milliseconds()

  /// Brokers drop a deleted topic's offsets a moment after the topic. A position that is not there any more counts for
  /// that only after this time, or the offsets of the new topic would be dropped with the old ones'.
  static let dropMilliseconds: Int64 = 2000

  init(since: UInt64, position: Int64? = nil, isOutside: Bool = false, isAnew: Bool = false) {
    self.since = since
    self.position = position
    self.isOutside = isOutside
    self.isAnew = isAnew
  }
}

/// What was asked for last, and what of it is known.
struct LookupState {
  /// Of all questions, the number of the last.
  var last: UInt64 = 0
  /// The questions that are not answered yet.
  var openStart: UInt64?
  var openLook: UInt64?
  /// When the last look at the group's offsets was asked for, by the monotonic clock; and when the next may be.
  var lastLook: Int64 = 0
  var notBefore: Int64 = 0
  /// A look is wanted soon.
  var isWanted = false
  /// When a look came back after which nothing was committed yet.
  var verified: Int64?

  /// How long a look counts: it takes longer to delete a topic, to make it again and to write to it.
  static let freshMilliseconds: Int64 = 100
  /// How often the offsets are looked at where nothing is to be committed.
  static let idleMilliseconds: Int64 = 500
  /// After a failure, and where a topic is not there.
  static let pauseMilliseconds: Int64 = 200

  mutating func nextNumber() -> UInt64 {
    last += 1
    return last
  }
}

/// Where and when a partition was begun.
struct PartitionBegin {
  var offset: Int64 = 0
  /// The number of the last question before.
  var number: UInt64 = 0
}
