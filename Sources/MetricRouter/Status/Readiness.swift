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
    if snapshot.partitionsHeldBack > 0 {
      let count = snapshot.partitionsHeldBack
      reasons.append(
        "\(count) input \(count == 1 ? "partition waits" : "partitions wait") until the index of jobs has been read, because "
          + "only a job's number says whose the rows are" + (snapshot.indexTrouble.map { ": \($0)" } ?? ""))
    }
    if snapshot.oldestMilliseconds >= longestMilliseconds {
      reasons.append(
        "rows have not been acknowledged for \(snapshot.oldestMilliseconds / 1000) s: brokers are away or refuse them, or "
          + "topics cannot be made")
    }
    return reasons
  }

  /// Why a router does not live.
  static func hanging(_ milliseconds: Int64) -> String {
    "the router's loop has not gone round for \(milliseconds / 1000) s"
  }
}
