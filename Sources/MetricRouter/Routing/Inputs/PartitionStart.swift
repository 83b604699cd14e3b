internal import Kafka

/// The start of an assigned partition, which depends on the committed offset and the end of the partition.
enum PartitionStart: Equatable {
  /// Reading continues at this offset. If `missing` is not `nil`, the rows between it and the offset were deleted.
  case resume(at: Int64, missing: Int64? = nil)
  /// A life begins here: the group has committed nothing, or for a topic of which this one has only the name.
  case begin(at: Int64)
  /// The topic does not exist.
  case absent
  /// The answer is not known yet.
  case unknown
  /// The site wants no offset to be chosen (`auto.offset.reset: error`).
  case refused

  /// What to do where the group has never committed anything (`auto.offset.reset`).
  enum FirstStart: Equatable {
    case earliest
    case latest
    case refused

    /// The reset policy of librdkafka's property.
    init(_ property: String?) {
      switch property {
      case "latest", "largest", "end": self = .latest
      case "error": self = .refused
      default: self = .earliest
      }
    }
  }

  /// What becomes of the rows under way of a partition that was read before.
  enum Settlement: Equatable {
    /// The answer is not known yet.
    case inDoubt
    /// The topic is still the same: their offsets may be committed.
    case sameLife
    /// The rows are the last of their life, and are finished without a commit. If the next life starts from the beginning, no
    /// committed offset applies to it.
    case otherLife(isAnew: Bool)
  }

  /// What this means for the rows under way of a partition that was read before.
  ///
  /// - Parameters:
  ///   - isCommitted: whether the group has an offset of it.
  ///   - isSameLife: whether that names the life that was read.
  ///   - age: for how long something has been wrong with the partition, in milliseconds.
  func settlement(isCommitted: Bool, isSameLife: Bool, age: Int64) -> Settlement {
    switch self {
    case .unknown, .refused: .inDoubt
    case .absent: isCommitted ? .inDoubt : .otherLife(isAnew: true)
    case .begin: isCommitted && age < PendingPartition.dropMilliseconds ? .inDoubt : .otherLife(isAnew: true)
    case .resume: isSameLife ? .sameLife : .otherLife(isAnew: false)
    }
  }

  /// - Parameters:
  ///   - committed: what the group has committed; negative where nothing.
  ///   - position: the offset of the next row, where the partition was read before.
  ///   - isOutside: whether the broker has said that there is no such offset.
  ///   - firstStart: decides where the group has never committed anything; `nil` where it has.
  init(
    committed: Int64, position: Int64? = nil, isOutside: Bool = false, ends: Result<Watermarks, KafkaError>,
    firstStart: FirstStart? = nil
  ) {
    let next = position ?? committed
    switch ends {
    case .failure(let error):
      if error.code.saysTopicIsMissing {
        self = .absent
      } else {
        // Should it lie outside of what is there, the broker says so.
        self = committed >= 0 && !isOutside ? .resume(at: next) : .unknown
      }
    case .success(let ends):
      if committed < 0 {
        switch firstStart {
        case .latest: self = .begin(at: ends.high)
        case .refused: self = .refused
        case .earliest, nil: self = .begin(at: ends.low)
        }
      } else if next < ends.low {
        self = .resume(at: ends.low, missing: next)
      } else if isOutside {
        // Offsets never go back in one life: it lay behind the end, even if rows have come up to there since.
        self = .begin(at: ends.low)
      } else {
        self = .resume(at: next)
      }
    }
  }
}
