internal import Kafka
internal import MetricRouter
internal import Naming

/// Decides what becomes of a message of the dead-letter topic. No I/O.
struct DeadLetterSelection {
  /// A message of the dead-letter topic. Lent: valid as long as its key is.
  struct Letter {
    var place: LetterPlace
    var key: UnsafeRawBufferPointer?
    var headers: [MessageHeader]
    /// Whether it has no bytes of a row.
    var isEmpty: Bool
  }

  /// Rows that are counted together: of one reason, from one input topic.
  struct Group: Hashable {
    var reason: DeadLetterReason
    var input: String
  }

  /// What becomes of it.
  enum Verdict: Equatable {
    /// The row is resent.
    case send(Group)
    /// The row has been resent before.
    case alreadySent(Group)
    /// The dead letter has no row to send, because the row was too large.
    case withoutRow(Group)
    /// The message is about rows that were deleted unread.
    case gap
    /// The message was not written by a router, or by one of another version.
    case foreign
    /// The request does not select the dead letter.
    case passedOver
  }

  private let request: RedriveRequest
  /// The dead letters whose rows have been sent before.
  var sent: SentLetters

  init(_ request: RedriveRequest, sent: SentLetters = SentLetters()) {
    self.request = request
    self.sent = sent
  }

  /// What becomes of a dead letter.
  func verdict(on letter: Letter) -> Verdict {
    if letter.isEmpty, let gap = InputGap(headers: letter.headers) {
      let isAskedFor = request.reasons.isEmpty && asksFor(gap.partition.topic)
      return isAskedFor ? .gap : .passedOver
    }
    guard let key = letter.key, key.count <= ProvenanceKey.longest, let origin = ProvenanceKey.origin(of: Array(key)),
      let reason = DeadLetterReason(headers: letter.headers)
    else {
      // Nobody can say whether it is of the reason or the topic that was asked for.
      return request.reasons.isEmpty && request.topics.isEmpty ? .foreign : .passedOver
    }
    let group = Group(reason: reason, input: origin.partition.topic)
    guard request.reasons.isEmpty || request.reasons.contains(reason), asksFor(group.input) else { return .passedOver }
    if sent.contains(letter.place, key: key) { return .alreadySent(group) }
    if letter.isEmpty, OversizedDeadLetter.isMark(letter.headers) { return .withoutRow(group) }
    return .send(group)
  }

  private func asksFor(_ topic: String) -> Bool { request.topics.isEmpty || request.topics.contains(topic) }
}
