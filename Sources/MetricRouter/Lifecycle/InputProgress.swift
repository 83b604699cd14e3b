internal import Kafka

/// The moment up to which everything in the input topics has been routed.
///
/// A value without I/O, told of the inputs' ends now and then. Time counts only so far: what is silent while its rows wait
/// in the input has not ended.
struct InputProgress {
  private struct Look {
    /// The monotonic time of the look. Every row that existed then lies before the ends.
    var time: Int64
    var ends: [TopicPartition: Watermarks]
  }

  private var looks: [Look] = []
  /// A router that is behind for days must not remember every look: then only one of so many is kept.
  private var stride = 1
  /// How many looks the last one stands for.
  private var skipped = 0
  private static let looksLimit = 200

  /// Takes note of the ends of all partitions, asked for after `time`.
  mutating func observe(_ ends: [TopicPartition: Watermarks], at time: Int64) {
    let look = Look(time: time, ends: ends)
    if skipped > 0, skipped < stride {
      looks[looks.count - 1] = look
      skipped += 1
      return
    }
    looks.append(look)
    skipped = 1
    guard looks.count > Self.looksLimit else { return }
    looks = looks.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    stride *= 2
  }

  /// The time of the last look before whose ends everything is committed; `nil` before there is one.
  ///
  /// - Parameter committed: the offsets that the group has committed; what is missing is not.
  mutating func caughtUp(committed: [TopicPartition: Int64]) -> Int64? {
    let last = looks.lastIndex { look in
      look.ends.allSatisfy { partition, ends in
        // Rows that are gone are waited for by nobody.
        max(committed[partition] ?? 0, ends.low) >= ends.high
      }
    }
    guard let last else { return nil }
    looks.removeFirst(last)
    if looks.count == 1 { (stride, skipped) = (1, 0) }
    return looks[0].time
  }

  /// The time since which the router has been behind its input: that of the first look with which it has not caught up.
  var behindSince: Int64? { looks.count > 1 ? looks[1].time : nil }
}
