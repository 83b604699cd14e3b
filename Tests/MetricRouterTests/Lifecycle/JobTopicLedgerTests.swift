import Kafka
import Testing

@testable import MetricRouter
@testable import Topics

/// What is done about the topics of jobs, without a broker. Times are in milliseconds.
@Suite struct JobTopicLedgerTests {
  private typealias Decision = JobTopicLedger.Decision

  private static func ledger(endedAfter: Int64 = 100, timeToLive: Int64? = 1000) -> JobTopicLedger {
    JobTopicLedger(JobTopicLedger.Rules(endedAfter: endedAfter, timeToLive: timeToLive))
  }

  private static func ends(_ low: Int64, _ high: Int64) -> [Watermarks] { [Watermarks(low: low, high: high)] }

  @Test func aJobWithoutRowsEndsOnceAndItsTopicGoesLater() {
    var ledger = Self.ledger()
    ledger.observe(["a": Self.ends(0, 5), "b": Self.ends(0, 7)], now: 1000)
    #expect(ledger.unread(caughtUp: 1099).isEmpty)
    ledger.observe(["a": Self.ends(0, 5), "b": Self.ends(0, 8)], now: 1100)
    #expect(ledger.unread(caughtUp: 1100) == ["a"], "b had a row")
    // What its last message is has to be known first.
    #expect(ledger.decide(caughtUp: 1100, now: 1100, time: 0) == Decision())
    ledger.note(.row, of: "a")
    #expect(ledger.decide(caughtUp: 1100, now: 1100, time: 0) == Decision(ended: ["a"]))
    ledger.noteJobEnd(in: "a", offset: 5, time: 50_000)
    #expect(ledger.unread(caughtUp: 1100).isEmpty)
    ledger.observe(["a": Self.ends(0, 6), "b": Self.ends(0, 9)], now: 1200)
    #expect(ledger.decide(caughtUp: 1200, now: 1200, time: 50_999) == Decision())
    #expect(ledger.decide(caughtUp: 1200, now: 1200, time: 51_000) == Decision(expired: ["a"]))
    ledger.forget("a")
    #expect(ledger.decide(caughtUp: 1200, now: 1200, time: 51_000) == Decision())
  }

  /// Asked for once more right before a topic is deleted.
  @Test func aTopicThatWasWrittenSinceTheLookIsKnown() {
    var ledger = Self.ledger()
    ledger.observe(["a": [Watermarks(low: 0, high: 5), Watermarks(low: 0, high: 0)]], now: 0)
    #expect(ledger.partitions(of: "a").map(\.description) == ["a/0", "a/1"])
    #expect(ledger.isUnwritten("a", ends: [Watermarks(low: 3, high: 5), Watermarks(low: 0, high: 0)]))
    #expect(!ledger.isUnwritten("a", ends: [Watermarks(low: 0, high: 6), Watermarks(low: 0, high: 0)]))
    // Not all of it is known, or nothing.
    #expect(!ledger.isUnwritten("a", ends: [Watermarks(low: 0, high: 5)]))
    #expect(!ledger.isUnwritten("a", ends: []))
    #expect(!ledger.isUnwritten("b", ends: []))
    #expect(ledger.partitions(of: "b").isEmpty)
    ledger.noteJobEnd(in: "a", offset: 5, time: 0)
    #expect(ledger.isUnwritten("a", ends: [Watermarks(low: 0, high: 6), Watermarks(low: 0, high: 0)]))
  }

  /// Its last message is read once more right before a topic is deleted.
  @Test func aTopicThatEndsAlikeIsToldApartByItsLastMessage() {
    var ledger = Self.ledger()
    func observe(at now: Int64) { ledger.observe(["a": Self.ends(0, 5), "gone": Self.ends(7, 7)], now: now) }
    observe(at: 0)
    ledger.note(.jobEnd(10), of: "a")
    #expect(ledger.holdsMessages("a") && !ledger.holdsMessages("gone") && !ledger.holdsMessages("b"))
    var isSame = ledger.confirm(.jobEnd(10), of: "a")
    #expect(isSame)
    isSame = ledger.confirm(.unknown, of: "a")
    #expect(!isSame, "it could not be read")
    #expect(ledger.decide(caughtUp: 100, now: 100, time: 1010).expired == ["a", "gone"])
    for other in [JobTopicLedger.Tail.row, .jobEnd(11)] {
      isSame = ledger.confirm(other, of: "a")
      #expect(!isSame)
      #expect(ledger.decide(caughtUp: 100, now: 100, time: 1010).expired == ["gone"])
      observe(at: 100)
      #expect(ledger.unread(caughtUp: 199).isEmpty, "its time begins anew")
      #expect(ledger.unread(caughtUp: 200) == ["a"])
      ledger.note(.jobEnd(10), of: "a")
    }
    isSame = ledger.confirm(.jobEnd(10), of: "b")
    #expect(!isSame)
  }

  @Test func timeCountsOnlyWhileTheInputIsCaughtUp() {
    var ledger = Self.ledger()
    ledger.observe(["a": Self.ends(0, 5)], now: 1000)
    ledger.note(.row, of: "a")
    ledger.observe(["a": Self.ends(0, 5)], now: 900_000)
    #expect(ledger.decide(caughtUp: 1050, now: 900_000, time: 0) == Decision())
    #expect(ledger.decide(caughtUp: 1100, now: 900_000, time: 0) == Decision(ended: ["a"]))
    // Nor does an old message of an earlier end delete anything.
    ledger.note(.jobEnd(0), of: "a")
    #expect(ledger.decide(caughtUp: 1050, now: 900_000, time: 900_000) == Decision())
    #expect(ledger.decide(caughtUp: 1100, now: 900_000, time: 900_000) == Decision(expired: ["a"]))
  }

  @Test func aRowAfterTheEndStartsAgain() {
    var ledger = Self.ledger()
    ledger.observe(["a": Self.ends(0, 5)], now: 0)
    ledger.note(.jobEnd(0), of: "a")
    ledger.observe(["a": Self.ends(0, 6)], now: 100)
    #expect(ledger.decide(caughtUp: 199, now: 5000, time: 5000) == Decision())
    #expect(ledger.unread(caughtUp: 200) == ["a"])
    ledger.note(.row, of: "a")
    #expect(ledger.decide(caughtUp: 200, now: 5000, time: 5000) == Decision(ended: ["a"]))
    // A row slipped in before the message: the next look sees the topic as it is.
    ledger.noteJobEnd(in: "a", offset: 7, time: 5000)
    ledger.observe(["a": Self.ends(0, 8)], now: 300)
    #expect(ledger.unread(caughtUp: 400) == ["a"])
  }

  @Test func anyPartitionCounts() {
    var ledger = Self.ledger()
    ledger.observe(["a": Self.ends(0, 5) + Self.ends(0, 1)], now: 0)
    ledger.observe(["a": Self.ends(0, 5) + Self.ends(0, 2)], now: 90)
    #expect(ledger.unread(caughtUp: 100).isEmpty)
    #expect(ledger.unread(caughtUp: 190) == ["a"])
    // Retention moves the beginning, and is no row.
    ledger.observe(["a": Self.ends(3, 5) + Self.ends(2, 2)], now: 180)
    #expect(ledger.unread(caughtUp: 190) == ["a"])
  }

  @Test func topicsWithoutRows() {
    var ledger = Self.ledger()
    let found = ["made": Self.ends(0, 0), "expired": Self.ends(9, 9)]
    ledger.observe(found, now: 0)
    #expect(ledger.unread(caughtUp: 5000).isEmpty)
    #expect(ledger.decide(caughtUp: 99, now: 99, time: 0) == Decision())
    #expect(ledger.decide(caughtUp: 100, now: 100, time: 0) == Decision(expired: ["expired"]))
    // A topic may be made for a row that still waits; only the time to live counts.
    #expect(ledger.decide(caughtUp: 999, now: 999, time: 0) == Decision(expired: ["expired"]))
    #expect(ledger.decide(caughtUp: 1000, now: 1000, time: 0) == Decision(expired: ["expired", "made"]))
  }

  @Test func withoutATimeToLiveNothingIsDeleted() {
    var ledger = Self.ledger(timeToLive: nil)
    ledger.observe(["a": Self.ends(0, 5), "made": Self.ends(0, 0), "expired": Self.ends(9, 9)], now: 0)
    ledger.note(.jobEnd(0), of: "a")
    #expect(ledger.decide(caughtUp: .max / 2, now: .max / 2, time: .max / 2) == Decision())
  }

  @Test func aTopicThatWasGoneIsNew() {
    var ledger = Self.ledger()
    ledger.observe(["a": Self.ends(0, 5)], now: 0)
    ledger.note(.jobEnd(0), of: "a")
    ledger.observe([:], now: 50)
    ledger.observe(["a": Self.ends(0, 5)], now: 100)
    #expect(ledger.decide(caughtUp: 150, now: 5000, time: 5000) == Decision())
    #expect(ledger.unread(caughtUp: 200) == ["a"])
  }

  /// A partition with rows and, last, the message, each at a time.
  private static func partition(rows: [Int64], end: Int64? = nil) -> PartitionContent {
    let watermarks = Watermarks(low: 0, high: Int64(rows.count) + (end == nil ? 0 : 1))
    var sample = PartitionSample(of: watermarks)
    for time in rows { sample.add(bytes: 10, timestamp: time) }
    if let end { sample.addJobEnd(timestamp: end) }
    return PartitionContent(watermarks: watermarks, sample: watermarks.high > 0 ? sample : nil)
  }

  @Test(
    arguments: [
      ([partition(rows: [1, 2])], .row),
      ([partition(rows: [1, 2], end: 3)], .jobEnd(3)),
      ([partition(rows: [1], end: 3), partition(rows: [2])], .jobEnd(3)),
      ([partition(rows: [1], end: 3), partition(rows: [4])], .row),
      ([partition(rows: [1], end: 3), partition(rows: [])], .jobEnd(3)),
      ([partition(rows: [1]), partition(rows: [], end: 3)], .row),
      ([PartitionContent(watermarks: nil, sample: nil)], .unknown),
      (
        [partition(rows: [1], end: 3), PartitionContent(watermarks: Watermarks(low: 0, high: 2), sample: nil)], .unknown
      ),
    ] as [([PartitionContent], JobTopicLedger.Tail)])
  func theLastMessage(_ partitions: [PartitionContent], _ tail: JobTopicLedger.Tail) {
    #expect(JobTopicLedger.Tail(partitions) == tail)
  }

  @Test(
    arguments: [
      ([partition(rows: [1, 500])], [Watermarks(low: 0, high: 2)], .young),
      ([partition(rows: [1, 400])], [Watermarks(low: 0, high: 2)], .old),
      ([partition(rows: [1], end: 500)], [Watermarks(low: 0, high: 2)], .young),
      ([partition(rows: [1], end: 400)], [Watermarks(low: 0, high: 2)], .old),
      (
        [partition(rows: [1]), partition(rows: [500])], [Watermarks(low: 0, high: 1), Watermarks(low: 0, high: 1)],
        .young
      ),
      ([partition(rows: [1])], [Watermarks(low: 0, high: 4)], .beingWritten),
      ([partition(rows: [])], [Watermarks(low: 0, high: 0)], .neverWritten),
      ([PartitionContent(watermarks: Watermarks(low: 7, high: 7), sample: nil)], [Watermarks(low: 7, high: 7)], .old),
      (
        [PartitionContent(watermarks: Watermarks(low: 0, high: 7), sample: nil)], [Watermarks(low: 0, high: 7)],
        .unknown
      ),
      ([PartitionContent(watermarks: nil, sample: nil)], [Watermarks(low: 0, high: 7)], .unknown),
      ([partition(rows: [1])], [nil], .unknown),
      ([], [], .unknown),
    ] as [([PartitionContent], [Watermarks?], JobTopicAge)])
  func theAgeByHand(_ partitions: [PartitionContent], _ ends: [Watermarks?], _ age: JobTopicAge) {
    #expect(JobTopicAge(partitions, ends: ends, now: 1000, age: 600) == age)
  }
}
