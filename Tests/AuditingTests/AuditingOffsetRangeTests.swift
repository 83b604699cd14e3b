import Kafka
import Testing

@testable import Auditing
@testable import MetricRouter

/// Which rows are audited, and whether a copy that does not exist may have been deleted.
@Suite struct AuditingOffsetRangeTests {
  /// What a case asks for, and what has to come of it.
  struct Case: Sendable, CustomTestStringConvertible {
    var marks: ClosedRange<Int64>
    var committed: Int64
    var from: Int64?
    var since: Int64?
    var to: Int64?
    var offsetRange: Range<Int64>
    var beyond: Int64 = 0
    var isCutShort = false
    var overtaken: Int64 = 0

    var testDescription: String {
      "\(marks) \(committed) \(from.map { "\($0)" } ?? "-") \(since.map { "\($0)" } ?? "-") \(to.map { "\($0)" } ?? "-")"
    }
  }

  @Test(arguments: [
    Case(marks: 0...100, committed: 100, offsetRange: 0..<100),
    Case(marks: 0...100, committed: 60, offsetRange: 0..<60, beyond: 40),
    Case(marks: 0...100, committed: -1001, offsetRange: 0..<0, beyond: 100),
    // The input topic was recreated.
    Case(marks: 0...10, committed: 100, offsetRange: 0..<10),
    // Its own retention.
    Case(marks: 20...100, committed: 60, offsetRange: 20..<60, beyond: 40, isCutShort: true),
    Case(marks: 20...100, committed: 60, from: 10, offsetRange: 20..<60, beyond: 40, isCutShort: true),
    Case(marks: 20...100, committed: 60, from: 20, offsetRange: 20..<60, beyond: 40),
    Case(marks: 20...100, committed: 60, from: 30, to: 40, offsetRange: 30..<40),
    Case(marks: 20...100, committed: 15, offsetRange: 20..<20, beyond: 80, isCutShort: true, overtaken: 5),
    // By time.
    Case(marks: 20...100, committed: 100, since: 50, offsetRange: 50..<100),
    Case(marks: 20...100, committed: 100, since: 20, offsetRange: 20..<100, isCutShort: true),
    Case(marks: 0...100, committed: 100, since: .max, offsetRange: Int64.max..<Int64.max),
    Case(marks: 0...100, committed: 80, since: 50, to: 90, offsetRange: 50..<80, beyond: 10),
    Case(marks: 0...100, committed: 80, since: 50, to: 40, offsetRange: 50..<50),
    Case(marks: 0...100, committed: 80, from: 30, since: 50, to: 200, offsetRange: 50..<80, beyond: 20),
    Case(marks: 0...100, committed: 80, from: 90, offsetRange: 90..<90, beyond: 10),
    Case(marks: 0...100, committed: 80, from: 200, offsetRange: 200..<200),
    Case(marks: 20...100, committed: 80, to: 10, offsetRange: 20..<20, isCutShort: true),
    Case(marks: 0...0, committed: -1001, offsetRange: 0..<0),
  ])
  func rowsAreBounded(_ given: Case) {
    let offsetRange = AuditOffsetRange(
      Watermarks(low: given.marks.lowerBound, high: given.marks.upperBound), committed: given.committed,
      from: given.from, since: given.since, to: given.to)
    #expect(offsetRange.start..<offsetRange.end == given.offsetRange)
    #expect(offsetRange.count == Int64(given.offsetRange.count))
    #expect(offsetRange.beyond == given.beyond)
    #expect(offsetRange.isCutShort == given.isCutShort)
    #expect(offsetRange.overtaken == given.overtaken)
  }

  /// Of what lies behind the committed offset only rows count, not the marks of transactions before them.
  @Test(arguments: [(nil, 0), (80, 20), (81, 19), (99, 1), (100, 0), (130, 0), (70, 20)] as [(Int64?, Int64)])
  func marksAreNotBeyond(_ next: Int64?, _ beyond: Int64) {
    var offsetRange = AuditOffsetRange(Watermarks(low: 0, high: 100), committed: 80)
    offsetRange.noteNextRow(at: next)
    #expect(offsetRange.beyond == beyond)
    #expect(offsetRange.end == 80)
  }

  private static let hour: Int64 = 3_600_000

  /// The evidence of a partition in which copies of the rows 40 and 45 of input partition 1 were read.
  private func evidence(low: Int64, after: Int64? = nil, start: Int64? = nil, first: Int64? = 100) -> RetentionEvidence
  {
    var evidence = RetentionEvidence()
    evidence.low = low
    evidence.lowAfter = after ?? low
    evidence.start = start ?? low
    if let first {
      evidence.note(timestamp: first * Self.hour)
      evidence.note(timestamp: 1)
    }
    evidence.note(slot: 1, offset: 45, slotCount: 3)
    evidence.note(slot: 1, offset: 40, slotCount: 3)
    return evidence
  }

  @Test func nothingExpiresWhereNothingWasDeleted() {
    let evidence = evidence(low: 0)
    for slot in 0..<3 { #expect(!evidence.mayHaveLost(slot: slot, offset: 1, time: nil)) }
  }

  @Test func whatWasStoredBehindAKeptCopyIsKept() {
    let evidence = evidence(low: 7)
    #expect(evidence.mayHaveLost(slot: 1, offset: 39, time: nil))
    #expect(!evidence.mayHaveLost(slot: 1, offset: 41, time: nil))
    #expect(!evidence.mayHaveLost(slot: 1, offset: 46, time: nil))
    #expect(evidence.mayHaveLost(slot: 0, offset: 46, time: nil))
    #expect(evidence.mayHaveLost(slot: 2, offset: 46, time: nil))
  }

  @Test func whatIsYoungerThanAKeptMessageIsKept() {
    let evidence = evidence(low: 7)
    #expect(evidence.mayHaveLost(slot: 0, offset: 1, time: 100 * Self.hour))
    #expect(evidence.mayHaveLost(slot: 0, offset: 1, time: 101 * Self.hour - 1))
    #expect(!evidence.mayHaveLost(slot: 0, offset: 1, time: 101 * Self.hour))
    // All was deleted, so nothing tells until when.
    #expect(self.evidence(low: 7, first: nil).mayHaveLost(slot: 0, offset: 1, time: 1000 * Self.hour))
  }

  @Test func oldMessagesInFrontAreEvidenceForAll() {
    #expect(!evidence(low: 7, start: 8).mayHaveLost(slot: 0, offset: 1, time: nil))
    #expect(!evidence(low: 7, after: 8, start: 9).mayHaveLost(slot: 0, offset: 1, time: nil))
  }

  @Test func deletionsDuringTheReadingLeaveNothingCertain() {
    #expect(evidence(low: 0, after: 3).mayHaveLost(slot: 1, offset: 46, time: 1000 * Self.hour))
    #expect(evidence(low: 7, after: 9, start: 8).mayHaveLost(slot: 0, offset: 1, time: nil))
  }
}
