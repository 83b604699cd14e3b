/// The moment of what Slurm says about a job: it orders messages by their content.
///
/// A job's runs follow each other: a requeued job keeps its id, and starts again at or after its end. So what ends later is newer,
/// and a start is newer than everything that ended by then.
package struct SlurmMoment: Sendable, Hashable {
  /// Milliseconds since 1970: of the end, or of the start where none is said.
  package var time: Int64
  /// The order of events at the same time.
  package var rank: Rank

  /// The order at the same time: the end of an earlier run, the start of the next, and its end where that comes at once.
  package enum Rank: Int64, Sendable, CaseIterable {
    case earlierPause
    case earlierEnd
    case start
    case pause
    case end
  }

  /// What these times mean.
  ///
  /// - Parameter isContinued: whether the job is not over: requeued, or running on with other nodes.
  package init(started: Int64?, ended: Int64?, isContinued: Bool = false) {
    guard let ended else {
      time = started ?? .min
      rank = isContinued ? .pause : .start
      return
    }
    time = max(ended, started ?? .min)
    let isEarlier = started.map { $0 < ended } ?? false
    rank = isContinued ? (isEarlier ? .earlierPause : .pause) : (isEarlier ? .earlierEnd : .end)
  }

  /// Restores a moment from its written form.
  package init(time: Int64, rank: Rank) {
    self.time = time
    self.rank = rank
  }
}

extension SlurmMoment: Comparable {
  package static func < (one: SlurmMoment, other: SlurmMoment) -> Bool {
    one.time != other.time ? one.time < other.time : one.rank.rawValue < other.rank.rawValue
  }
}
