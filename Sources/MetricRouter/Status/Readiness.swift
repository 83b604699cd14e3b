internal import Wording

/// Why a router cannot do its work, if it cannot.
enum Readiness {
  /// Rows that wait so long to be acknowledged say that brokers are away.
  static let longestMilliseconds: Int64 = 30000

  /// The reasons; none where it is ready. A member of the group without partitions is ready: it stands by.
  static func reasons(
    _ snapshot: RouterStatus.Snapshot, hangs: Int64?, isStopping: Bool
  ) -> [String] {
    var reasons: [String] = []
    if isStopping { reasons.append("the router is stopping") }
    if let hangs { reasons.append(hanging(hangs)) }
    if !snapshot.isMember {
      reasons.append(
        "the router is not a member of its consumer group: it waits for brokers, input topics or the group")
    }
    if snapshot.oldestMilliseconds >= longestMilliseconds {
      reasons.append(
        "rows have not been acknowledged for \(DurationWords.text(milliseconds: snapshot.oldestMilliseconds)): brokers are away or "
          + "refuse them, or topics cannot be made")
    }
    return reasons
  }

  /// Why a router does not live.
  static func hanging(_ milliseconds: Int64) -> String {
    "the router's loop has not gone round for \(DurationWords.text(milliseconds: milliseconds))"
  }
}
