internal import Kafka
public import Runtime
internal import Wording

/// Why a router cannot do its work, if it cannot.
public enum Readiness {
  /// How long rows may wait to be acknowledged before brokers count as down, in milliseconds.
  static let longestMilliseconds: Int64 = 30000

  /// The reasons; none where it is ready. A member of the group without partitions is ready: it stands by.
  static func reasons(
    _ snapshot: RouterStatus.Snapshot, hangs: Int64?, isStopping: Bool, now: Int64 = MonotonicClock.milliseconds()
  ) -> [String] {
    var reasons: [String] = []
    if isStopping { reasons.append("the router is stopping") }
    if let hangs { reasons.append(hanging(hangs)) }
    reasons += obstacles(snapshot, now: now)
    if !snapshot.isMember {
      reasons.append(
        "the router is not a member of its consumer group: it waits for brokers, input topics or the group")
    }
    if snapshot.partitionsHeldBack > 0 {
      let count = snapshot.partitionsHeldBack
      reasons.append(
        "\(count) input \(count == 1 ? "partition waits" : "partitions wait") until the job index has been read, because "
          + "only a job number identifies the owner of their rows" + (snapshot.indexTrouble.map { ": \($0)" } ?? ""))
    }
    if snapshot.oldestMilliseconds >= longestMilliseconds {
      reasons.append(
        "rows have not been acknowledged for \(DurationWords.text(milliseconds: snapshot.oldestMilliseconds)): brokers are down or "
          + "reject them, or topics cannot be created")
    }
    return reasons
  }

  /// Brokers that do not answer, and input topics that the brokers do not let it read.
  ///
  /// A missing topic is none: it is made when LDMS stores the first row.
  public static func obstacles(
    _ snapshot: RouterStatus.Snapshot, now: Int64 = MonotonicClock.milliseconds()
  ) -> [String] {
    var obstacles: [String] = []
    if let health = snapshot.inputHealth, let silence = health.silence(now: now) {
      let since = health.hasAnswered ? "for \(DurationWords.text(milliseconds: silence))" : "since the router started"
      obstacles.append("no broker has answered \(since)\(health.failure.map { ": \($0)" } ?? "")")
    }
    if let unread = snapshot.inputHealth?.unread, let first = unread.first {
      let others = unread.count == 1 ? "" : " and \(unread.count - 1) more"
      obstacles.append(
        "no member of the consumer group reads \(first)\(others); the routers join the group again until one does")
    }
    return obstacles + sentences(snapshot, [.refused, .leaderless])
  }

  /// What is worth knowing of a router that does its work.
  static func notes(_ snapshot: RouterStatus.Snapshot) -> [String] { sentences(snapshot, [.missing]) }

  private static func sentences(_ snapshot: RouterStatus.Snapshot, _ troubles: [InputTrouble]) -> [String] {
    let inputs = snapshot.inputTroubles
    return troubles.compactMap { trouble in
      let topics = inputs.filter { $0.value == trouble }.map(\.key)
      return topics.isEmpty ? nil : trouble.sentence(topics)
    }
  }

  /// Why a router does not live.
  static func hanging(_ milliseconds: Int64) -> String {
    "the router's main loop has not run for \(DurationWords.text(milliseconds: milliseconds))"
  }
}
