import Kafka
import Naming
import Testing

@testable import MetricRouter
@testable import Redrive

/// What becomes of each message of the dead-letter topic.
@Suite struct DeadLetterSelectionTests {
  private static let key = "meminfo/2@1k/17"
  private static let place = LetterPlace(partition: 0, offset: 40)
  private static let group = DeadLetterSelection.Group(reason: .badProducer, input: "meminfo")
  private static let headers = [MessageHeader("reason", "bad-producer"), MessageHeader("detail", "no template")]

  private func verdict(
    _ change: (inout RedriveRequest) -> Void = { _ in }, key: String? = key, headers: [MessageHeader] = headers,
    isEmpty: Bool = false, sent: SentLetters = SentLetters()
  ) -> DeadLetterSelection.Verdict {
    var request = RedriveRequest()
    change(&request)
    let selection = DeadLetterSelection(request, sent: sent)
    guard let key else {
      return selection.verdict(
        on: DeadLetterSelection.Letter(place: Self.place, key: nil, headers: headers, isEmpty: isEmpty))
    }
    return Array(key.utf8).withUnsafeBytes { bytes in
      selection.verdict(
        on: DeadLetterSelection.Letter(place: Self.place, key: bytes, headers: headers, isEmpty: isEmpty))
    }
  }

  @Test func aRowIsSentUnlessItWasNotAskedFor() {
    #expect(verdict() == .send(Self.group))
    #expect(verdict { $0.reasons = [.badProducer, .noIdentity] } == .send(Self.group))
    #expect(verdict { $0.topics = ["meminfo", "vmstat"] } == .send(Self.group))
    #expect(verdict { $0.reasons = [.noIdentity] } == .passedOver)
    #expect(verdict { $0.topics = ["vmstat"] } == .passedOver)
    // A row of the input may have no bytes either.
    #expect(verdict(isEmpty: true) == .send(Self.group))
  }

  @Test func whatWasSentBeforeIsNotSentAgain() {
    var sent = SentLetters()
    Array(Self.key.utf8).withUnsafeBytes { sent.insert(Self.place, key: $0) }
    #expect(verdict(sent: sent) == .alreadySent(Self.group))
    // The dead-letter topic was created again: another row has the place.
    #expect(verdict(key: "meminfo/2@1k/18", sent: sent) != .alreadySent(Self.group))
    // A dead letter that came back is a new one.
    let returned = Self.headers + [Self.place.header]
    var other = SentLetters()
    Array(Self.key.utf8).withUnsafeBytes { other.insert(LetterPlace(partition: 0, offset: 39), key: $0) }
    #expect(verdict(headers: returned, sent: other) == .send(Self.group))
  }

  @Test func aDeadLetterWithoutItsRowCannotBeSent() {
    let headers = OversizedDeadLetter.headers(Self.headers, size: 5_000_000, key: Array(Self.key.utf8))
    #expect(verdict(headers: headers, isEmpty: true) == .withoutRow(Self.group))
    #expect(verdict({ $0.topics = ["vmstat"] }, headers: headers, isEmpty: true) == .passedOver)
  }

  @Test func messagesAboutGapsAreNoRows() {
    let gap = InputGap(TopicPartition(topic: "meminfo", partition: 2), from: 10, to: 20)
    #expect(verdict(headers: gap.headers, isEmpty: true) == .gap)
    #expect(verdict({ $0.topics = ["meminfo"] }, headers: gap.headers, isEmpty: true) == .gap)
    #expect(verdict({ $0.topics = ["vmstat"] }, headers: gap.headers, isEmpty: true) == .passedOver)
    #expect(verdict({ $0.reasons = [.badProducer] }, headers: gap.headers, isEmpty: true) == .passedOver)
  }

  @Test(arguments: [nil, "", "meminfo", "meminfo/x/17", "a/b/2/17", "meminfo/2@LIFE/17"] as [String?])
  func otherKeysAreNoRows(_ key: String?) {
    #expect(verdict(key: key) == .foreign)
    #expect(verdict({ $0.reasons = [.badProducer] }, key: key) == .passedOver)
    #expect(verdict({ $0.topics = ["meminfo"] }, key: key) == .passedOver)
  }

  @Test(arguments: [[], [MessageHeader("reason", "of-a-later-version")], [MessageHeader("reason", bytes: nil)]])
  func otherReasonsAreNoDeadLetters(_ headers: [MessageHeader]) {
    #expect(verdict(headers: headers) == .foreign)
  }
}
