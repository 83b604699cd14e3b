import Kafka
import TestSupport
import Testing

@testable import Auditing
@testable import MetricRouter

/// Rows of jobs that had no topic because too many others had one, and rows that only look like them.
@Suite struct AuditJobTopicLimitTests {
  private typealias Fixture = AuditLedgerFixture

  /// The row of userA has its user's copy alone. The job of userB has its topic, as does that of userA where it is there.
  private func crowded(limit: Int, jobIsThere: Bool, begin: Int64 = Fixture.time) throws -> Fixture {
    let job = try Fixture().homes(0)[1].topic
    var fixture = try Fixture(absent: jobIsThere ? [] : [job], jobTopicLimit: limit)
    fixture.copies(of: 0, but: job)
    let other = fixture.homes(1)
    fixture.copy(fixture.rows[1], key: fixture.key(1), in: other[0].topic, partition: other[0].partition)
    fixture.copy(fixture.rows[1], key: fixture.key(1), in: other[1].topic, timestamp: begin)
    fixture.copies(of: 2)
    return fixture
  }

  private func check(
    _ fixture: Fixture, withoutJobTopic: Int64, missing: Int64 = 0, isBeforeAll: Bool = false, gone: Int64 = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var fixture = fixture
    let report = fixture.report()
    let counts = report.counts
    #expect(counts.withoutJobTopic == withoutJobTopic, sourceLocation: sourceLocation)
    #expect(counts.missing == missing && counts.gone == gone, sourceLocation: sourceLocation)
    #expect(counts.proven == 2 && report.findings.count == Int(missing), sourceLocation: sourceLocation)
    // Only who knows what happened can tell such a row from a lost one.
    #expect(
      report.findings.allSatisfy { $0.detail.contains("it may have arrived before the job got one") == isBeforeAll },
      sourceLocation: sourceLocation)
    #expect(report.isProven(exactlyOnce: true, strict: false) == (missing == 0), sourceLocation: sourceLocation)
    #expect(!report.isProven(exactlyOnce: true, strict: true), sourceLocation: sourceLocation)
    let topic = try #require(report.topics.first, sourceLocation: sourceLocation)
    #expect(topic.name == fixture.homes(0)[1].topic, sourceLocation: sourceLocation)
    #expect(topic.counts.withoutJobTopic == withoutJobTopic, sourceLocation: sourceLocation)
  }

  @Test func aJobThatNeverGotATopicIsNotMissed() throws {
    try check(try crowded(limit: 1, jobIsThere: false), withoutJobTopic: 1)
    // Too few others: the topic may have been deleted, but the limit was no reason not to make it.
    try check(try crowded(limit: 2, jobIsThere: false), withoutJobTopic: 0, gone: 1)
  }

  @Test func rowsFromBeforeTheJobsTopicAreNotMissed() throws {
    for (limit, key, begin, isExplained) in [
      // A later row, which is not audited, was the first in it.
      (1, "meminfo/0/13", Fixture.time + 5, true),
      // Only rows of another input partition are in it.
      (1, "vmstat/0/3", Fixture.time + 5, true),
      // Too few others, or the other came later.
      (2, "meminfo/0/13", Fixture.time + 5, false), (1, "meminfo/0/13", Fixture.time - 5, false),
      // An earlier row is in it: this one was left out behind it.
      (1, "meminfo/0/9", Fixture.time + 5, false),
    ] {
      var fixture = try crowded(limit: limit, jobIsThere: true)
      let job = fixture.homes(0)[1].topic
      fixture.copy(fixture.rows[0], key: key, in: job, timestamp: begin)
      try check(
        fixture, withoutJobTopic: isExplained ? 1 : 0, missing: isExplained ? 0 : 1,
        isBeforeAll: !isExplained && key != "meminfo/0/9" && begin >= Fixture.time)
    }
  }

  @Test func aRowThatCameWhenTheTopicWasThereIsMissing() throws {
    var fixture = try crowded(limit: 1, jobIsThere: true, begin: Fixture.time - 20)
    let job = fixture.homes(0)[1].topic
    // Its topic began before the row was stored: there was room for it.
    fixture.copy(fixture.rows[0], key: "meminfo/0/13", in: job, timestamp: Fixture.time - 10)
    try check(fixture, withoutJobTopic: 0, missing: 1)
  }

  @Test func aTopicWhoseBeginningIsNotKnownExplainsNothing() throws {
    // The oldest messages were deleted, or were not read because they are older than all audited rows.
    for (low, start, isExpired) in [(Int64(3), Int64(3), true), (0, 3, false)] {
      var fixture = try crowded(limit: 1, jobIsThere: true)
      let job = fixture.homes(0)[1].topic
      let output = try #require(fixture.ledger.outputs.indices.first { fixture.ledger.partition(of: $0).topic == job })
      fixture.ledger.outputs[output].evidence.low = low
      fixture.ledger.outputs[output].evidence.start = start
      fixture.copy(fixture.rows[0], key: "meminfo/0/13", in: job, timestamp: Fixture.time + 5)
      let report = fixture.report()
      #expect(report.counts.withoutJobTopic == 0)
      #expect(report.counts.expired == (isExpired ? 1 : 0) && report.counts.missing == (isExpired ? 0 : 1))
    }
  }

  @Test func withoutTheUsersCopySomethingElseIsWrong() throws {
    let homes = try Fixture().homes(0)
    var fixture = try Fixture(absent: [homes[1].topic], jobTopicLimit: 1)
    fixture.copies(of: 1)
    fixture.copies(of: 2)
    let report = fixture.report()
    #expect(report.counts.missing == 1 && report.counts.gone == 1 && report.counts.withoutJobTopic == 0)
  }

  @Test func emptyTopicsOfOthersAreNoCrowd() throws {
    let homes = try Fixture().homes(0)
    var fixture = try Fixture(absent: [homes[1].topic], jobTopicLimit: 1)
    fixture.copies(of: 0, but: homes[1].topic)
    fixture.copies(of: 2)
    let report = fixture.report()
    #expect(report.counts.withoutJobTopic == 0 && report.counts.gone == 1)
    #expect(report.counts.missing == 2, "those of userB")
  }
}
