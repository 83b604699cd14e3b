internal import Kafka
internal import Runtime

/// Asks the group's coordinator, on threads of their own, where partitions begin and whether the group's offsets are still there.
///
/// Each kind of question has a thread of its own, because the answer to the first may have to wait for a transaction that somebody
/// left open. `LookupState` decides when to ask and which answers count.
struct OffsetLookups {
  private let starts: OffsetLookup
  private let looks: OffsetLookup
  private(set) var state = LookupState()

  /// - Parameter properties: the consumer's.
  init(_ properties: ClientProperties) {
    starts = OffsetLookup(properties, observer: SilentObserver())
    var properties = properties
    // A transaction of this session may be open when it looks.
    properties["isolation.level"] = "read_uncommitted"
    looks = OffsetLookup(properties, observer: SilentObserver())
  }

  /// The number of the last question of any kind.
  var last: UInt64 { state.last }

  /// Asks where partitions begin. None of these questions may be open.
  mutating func askForStarts(_ partitions: [TopicPartition]) {
    starts.ask(partitions, number: state.askForStarts(), wantsEnds: true)
  }

  /// Takes the answer about where partitions begin, if it has come.
  ///
  /// - Parameter milliseconds: how long to wait for it, where one is to come.
  mutating func takeStarts(waitMilliseconds milliseconds: Int64) -> OffsetLookup.Answer? {
    starts.takeAnswers(milliseconds: state.isAskingForStarts ? milliseconds : 0)
      .first { state.answeredStarts($0.number) }
  }

  /// A look is wanted soon.
  mutating func want() { state.want() }

  /// Asks for what the group has committed, if that may be done now.
  mutating func look(_ partitions: Set<TopicPartition>, now: Int64) {
    guard !partitions.isEmpty, let number = state.look(now: now) else { return }
    looks.ask(Array(partitions), number: number)
  }

  /// Takes the answer to a look, if it has come.
  ///
  /// - Parameter milliseconds: how long to wait for it, where one is to come.
  mutating func takeLook(waitMilliseconds milliseconds: Int64) -> OffsetLookup.Answer? {
    let answers = looks.takeAnswers(milliseconds: state.isLooking ? milliseconds : 0)
    let now = MonotonicClock.milliseconds()
    return answers.first { state.answeredLook($0.number, isFailure: $0.error != nil, now: now) }
  }

  /// Whether offsets may be committed now, because a look has just come back.
  mutating func takeVerified(now: Int64) -> Bool { state.takeVerified(now: now) }
}
