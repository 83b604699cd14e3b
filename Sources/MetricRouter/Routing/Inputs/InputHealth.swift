public import Kafka

/// What `InputWatch` knows of the brokers and of the input topics that the configuration names.
public struct InputHealth: Sendable, Equatable {
  /// A broker that leads a partition may change for a moment; only what lasts longer counts.
  static let leaderlessMilliseconds: Int64 = 5000
  /// How long brokers may not answer before they count as down, in milliseconds.
  static let silenceMilliseconds: Int64 = 4000

  /// The input topics that cannot be read, with the reason.
  public private(set) var troubles: [String: InputTrouble] = [:]
  /// Partitions of the inputs that no member of the group has been given for too long, in order.
  public internal(set) var unread: [TopicPartition] = []
  /// When a broker last answered, by the monotonic clock; at first when the watch began.
  private(set) var lastAnswer: Int64
  /// Whether a broker has ever answered.
  private(set) var hasAnswered = false
  /// Why the last question was not answered, in librdkafka's words.
  private(set) var failure: String?
  /// The time since which topics have partitions without a leader.
  private var leaderlessSince: [String: Int64] = [:]

  /// - Parameter now: by the monotonic clock.
  init(now: Int64) {
    lastAnswer = now
  }

  /// A broker answered.
  mutating func answered(now: Int64) {
    lastAnswer = now
    hasAnswered = true
    failure = nil
  }

  /// Notes that no broker answered.
  mutating func failed(_ reason: String) {
    failure = reason
  }

  /// What a broker said of a topic; `nil` where it can be read.
  mutating func heard(_ trouble: InputTrouble?, of topic: String, now: Int64) {
    answered(now: now)
    if trouble == .leaderless {
      let since = leaderlessSince[topic] ?? now
      leaderlessSince[topic] = since
      troubles[topic] = now - since >= Self.leaderlessMilliseconds ? trouble : nil
    } else {
      leaderlessSince[topic] = nil
      troubles[topic] = trouble
    }
  }

  /// How long no broker has answered, in milliseconds; `nil` if that is not long enough to count.
  func silence(now: Int64) -> Int64? {
    let silence = now - lastAnswer
    return silence >= Self.silenceMilliseconds ? silence : nil
  }
}
