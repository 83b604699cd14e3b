import Kafka
import Naming
import PlanSupport
import TestSupport
import Testing

@testable import Auditing
@testable import MetricRouter

/// What is found, missed and judged, without brokers.
@Suite struct AuditLedgerTests {
  private typealias Fixture = AuditLedgerFixture

  private func complete(low: Int64 = 0) throws -> Fixture {
    var fixture = try Fixture(low: low)
    for row in 0..<3 { fixture.copies(of: row) }
    return fixture
  }

  @Test func everythingWhereItBelongsIsProven() throws {
    var fixture = try complete()
    let report = fixture.report()
    #expect(report.isProven(exactlyOnce: true, strict: true))
    #expect(report.counts.rows == 3 && report.counts.proven == 3)
    #expect(report.counts.routed == 2 && report.counts.deadLetters == [.malformedRow: 1])
    #expect(report.findings.isEmpty && report.topics.isEmpty)
    #expect(report.copies == 5 && report.otherCopies == 0 && report.foreign == 0)
    #expect(report.beyond == 7)
    #expect(report.partitions[0].offsetRange.isCutShort)
  }

  @Test func aCopyThatDoesNotExistIsMissing() throws {
    for left in try Fixture().homes(0) {
      var fixture = try Fixture()
      fixture.copies(of: 0, but: left.topic)
      fixture.copies(of: 1)
      fixture.copies(of: 2)
      let report = fixture.report()
      #expect(!report.isProven(exactlyOnce: false, strict: false))
      #expect(report.counts.missing == 1 && report.counts.proven == 2)
      #expect(report.findings.map(\.line) == ["missing meminfo/0/10 \(left.topic)/\(left.partition)"])
      #expect(report.topics.map(\.name) == [left.topic] && report.topics[0].counts.missing == 1)
    }
  }

  @Test func aDeadLetterThatDoesNotExistIsMissing() throws {
    var fixture = try Fixture()
    fixture.copies(of: 0)
    fixture.copies(of: 1)
    let report = fixture.report()
    #expect(report.findings.map(\.line) == ["missing meminfo/0/12 \(Fixture.deadLetters)/0"])
  }

  @Test func aSecondCopyIsDoubled() throws {
    for row in 0..<3 {
      var fixture = try complete()
      fixture.copies(of: row)
      let report = fixture.report()
      #expect(report.isProven(exactlyOnce: false, strict: true))
      #expect(!report.isProven(exactlyOnce: true, strict: false))
      #expect(report.counts.doubled == (row == 2 ? 1 : 2) && report.counts.proven == 3)
      let home = fixture.homes(row)[0]
      #expect(report.findings[0].line == "doubled meminfo/0/\(10 + row) \(home.topic)/\(home.partition)/1")
    }
  }

  @Test func aCopyInAnotherUsersTopicIsMisplaced() throws {
    var fixture = try complete()
    fixture.copy(fixture.rows[0], key: fixture.key(0), in: Fixture.userB, partition: 2)
    let report = fixture.report()
    #expect(!report.isProven(exactlyOnce: false, strict: false))
    #expect(report.counts.misplaced == 1 && report.counts.missing == 0 && report.counts.doubled == 0)
    let finding = try #require(report.findings.first)
    #expect(finding.line.hasPrefix("misplaced meminfo/0/10 \(Fixture.userB)/2/"))
    #expect(finding.detail.contains(Fixture.userA))
  }

  @Test func aDeadLetterInAUsersTopicIsMisplaced() throws {
    var fixture = try complete()
    fixture.copy(fixture.rows[2], key: fixture.key(2), in: Fixture.userA, partition: 0)
    let report = fixture.report()
    #expect(report.counts.misplaced == 1)
    #expect(report.findings.first?.detail == "it belongs to the dead-letter topic, as malformed-row")
  }

  @Test func aGoodRowAmongTheDeadLettersIsMisplaced() throws {
    var fixture = try Fixture()
    fixture.copies(of: 1)
    fixture.copies(of: 2)
    fixture.copy(fixture.rows[0], key: fixture.key(0), in: Fixture.deadLetters, reason: .badProducer)
    let report = fixture.report()
    #expect(report.counts.misplaced == 1 && report.counts.missing == 2 && report.counts.refused == 0)
    #expect(report.findings.first?.detail.hasSuffix("and is dead-lettered as bad-producer") == true)
  }

  /// A topic's own trouble: of the row's copies, those stand that went well.
  @Test func aRefusedRowMayLackItsCopies() throws {
    let homes = try Fixture().homes(0)
    for left in [homes.map(\.topic), [homes[0].topic], [homes[1].topic], []] {
      var fixture = try Fixture()
      fixture.copies(of: 1)
      fixture.copies(of: 2)
      for home in homes where !left.contains(home.topic) {
        fixture.copy(fixture.rows[0], key: fixture.key(0), in: home.topic, partition: home.partition)
      }
      fixture.copy(fixture.rows[0], key: fixture.key(0), in: Fixture.deadLetters, reason: .topicRefused)
      let report = fixture.report()
      #expect(report.isProven(exactlyOnce: true, strict: true), "\(left)")
      // With both copies, it was sent on its way again.
      #expect(report.counts.refused == (left.isEmpty ? 0 : 1) && report.counts.redriven == (left.isEmpty ? 1 : 0))
      #expect(report.counts.proven == 3 && report.counts.missing == 0)
    }
  }

  /// The configuration was wrong, the row a dead letter, and an operator has sent it on its way again: twice, in vain at first.
  @Test func aDeadLetterWhoseCopiesWereFoundWasRedriven() throws {
    var fixture = try Fixture()
    for isReturned in [false, true] {
      fixture.copy(
        fixture.rows[0], key: fixture.key(0), in: Fixture.deadLetters, reason: .badProducer, isReturned: isReturned)
    }
    for row in 0..<3 { fixture.copies(of: row) }
    let report = fixture.report()
    #expect(report.isProven(exactlyOnce: true, strict: true))
    #expect(report.counts.redriven == 1 && report.counts.misplaced == 0 && report.counts.proven == 3)
    #expect(report.counts.routed == 2 && report.counts.deadLettered == 1)
    #expect(report.findings.isEmpty && report.topics.isEmpty)
  }

  @Test func aDeadLetterOneOfWhoseCopiesIsMissingIsMisplaced() throws {
    for left in try Fixture().homes(0).map(\.topic) {
      var fixture = try Fixture()
      fixture.copy(fixture.rows[0], key: fixture.key(0), in: Fixture.deadLetters, reason: .badProducer)
      fixture.copies(of: 0, but: left)
      fixture.copies(of: 1)
      fixture.copies(of: 2)
      let report = fixture.report()
      #expect(report.counts.misplaced == 1 && report.counts.missing == 1 && report.counts.redriven == 0)
      #expect(report.findings.first?.line == "misplaced meminfo/0/10 \(Fixture.deadLetters)/0/0")
      #expect(report.topics.map(\.name).contains(Fixture.deadLetters))
    }
  }

  /// A job's topic lives shorter than a dead letter.
  @Test func aDeadLetterIsFineWhereItsRowsJobTopicHasGone() throws {
    let homes = try Fixture().homes(0)
    var fixture = try Fixture(absent: [homes[1].topic])
    fixture.copy(fixture.rows[0], key: fixture.key(0), in: Fixture.deadLetters, reason: .badProducer)
    fixture.copy(fixture.rows[0], key: fixture.key(0), in: homes[0].topic, partition: homes[0].partition)
    fixture.copies(of: 1)
    fixture.copies(of: 2)
    let report = fixture.report()
    #expect(report.counts.gone == 1 && report.counts.misplaced == 0 && report.counts.redriven == 0)
    #expect(report.isProven(exactlyOnce: true, strict: false))
  }

  /// What becomes of a row that was sent on its way again in vain is a second dead letter, and no copy too many.
  @Test func aDeadLetterThatCameBackIsNotDoubled() throws {
    for isReturned in [false, true] {
      var fixture = try complete()
      fixture.copy(
        fixture.rows[2], key: fixture.key(2), in: Fixture.deadLetters, reason: .malformedRow, isReturned: isReturned)
      let report = fixture.report()
      #expect(report.counts.doubled == (isReturned ? 0 : 1))
      #expect(report.isProven(exactlyOnce: true, strict: true) == isReturned)
    }
  }

  @Test func anEarlierDeadLetterWithOtherBytesIsAltered() throws {
    var fixture = try complete()
    fixture.copy(Array("{}".utf8), key: fixture.key(0), in: Fixture.deadLetters, reason: .badProducer)
    let report = fixture.report()
    #expect(report.counts.altered == 1 && report.counts.misplaced == 0)
    #expect(!report.isProven(exactlyOnce: false, strict: false))
  }

  @Test func otherBytesAreAltered() throws {
    for row in 0..<3 {
      var fixture = try Fixture()
      for other in 0..<3 where other != row { fixture.copies(of: other) }
      for (index, home) in fixture.homes(row).enumerated() {
        var payload = fixture.rows[row]
        if index == 0 { payload[payload.count - 1] ^= 1 }
        fixture.copy(
          payload, key: fixture.key(row), in: home.topic, partition: home.partition,
          reason: row == 2 ? .malformedRow : nil)
      }
      let report = fixture.report()
      #expect(!report.isProven(exactlyOnce: false, strict: false))
      #expect(report.counts.altered == 1 && report.counts.missing == 0 && report.counts.proven == 2)
      let home = fixture.homes(row)[0]
      #expect(report.findings.map(\.line).contains("altered meminfo/0/\(10 + row) \(home.topic)/\(home.partition)/0"))
    }
  }

  @Test func copiesOfOtherRowsAreLeftAlone() throws {
    var fixture = try complete()
    // Before and behind the offsetRange, of another partition, of another router's input.
    for key in ["meminfo/0/9", "meminfo/0/13", "meminfo/1/10", "elsewhere/0/10"] {
      fixture.copy(fixture.rows[0], key: key, in: Fixture.userB, partition: 0)
    }
    // A job's topic says so when the job has ended.
    for key in [nil, "", "ended"] { fixture.copy([], key: key, in: Fixture.userB) }
    let report = fixture.report()
    #expect(report.isProven(exactlyOnce: true, strict: true))
    #expect(report.otherCopies == 4)
  }

  @Test func whatIsNoCopyIsForeign() throws {
    var fixture = try complete()
    fixture.copy(Array("x".utf8), key: nil, in: Fixture.userA)
    fixture.copy(Array("x".utf8), key: "key\u{1b}[2J", in: Fixture.userA)
    let report = fixture.report()
    #expect(!report.isProven(exactlyOnce: false, strict: false))
    #expect(report.foreign == 2)
    #expect(report.findings.map(\.kind) == [.foreign, .foreign])
    #expect(report.findings[0].detail == "it has no key")
    #expect(report.findings[1].detail == "its key \"key\\u{1b}[2J\" is not the key of a row")
  }

  /// Rows of the input that were aborted, or that never were.
  @Test func aCopyOfARowThatDoesNotExistIsForeign() throws {
    let plan = try TestPlan.of(.recording)
    let offsetRange = AuditOffsetRange(Watermarks(low: 0, high: 10), committed: 10)
    var ledger = AuditLedger([(AuditLedgerFixture.input, offsetRange)], plan: plan, jobTopicLimit: 10000)
    ledger.open([(name: Fixture.userA, partitionCount: 1)])
    let payload = Array("{}".utf8)
    for (offset, firstKept) in [(3, 0), (4, 5)] {
      ledger.inputs[0].firstKept = Int64(firstKept)
      Array("meminfo/0/\(offset)".utf8).withUnsafeBytes { key in
        payload.withUnsafeBytes { payload in
          ledger.take(AuditLedger.Copy(offset: 0, timestamp: nil, key: key, payload: payload, reason: nil), in: 0)
        }
      }
    }
    ledger.judge()
    let report = AuditReport(ledger, group: "router", absentInputs: [])
    // The second is of a row that was deleted from the input meanwhile.
    #expect(report.foreign == 1 && report.otherCopies == 1)
    #expect(report.findings.map(\.line) == ["foreign meminfo/0/3 \(Fixture.userA)/0/0"])
  }

  @Test func rowsThatWereReadCountEvenIfTheyWereDeletedThen() throws {
    var fixture = try Fixture()
    fixture.ledger.inputs[0].firstKept = 12
    for row in 0..<3 { fixture.copies(of: row) }
    let report = fixture.report()
    #expect(report.counts.proven == 3 && report.otherCopies == 0)
  }

  @Test func aJobsTopicMayBeGoneAndAUsersMayNot() throws {
    let homes = try Fixture().homes(0)
    var fixture = try Fixture(absent: [homes[1].topic])
    fixture.copy(fixture.rows[0], key: fixture.key(0), in: homes[0].topic, partition: homes[0].partition)
    fixture.copies(of: 1)
    fixture.copies(of: 2)
    var report = fixture.report()
    #expect(report.counts.gone == 1 && report.counts.missing == 0 && report.counts.proven == 2)
    #expect(report.isProven(exactlyOnce: true, strict: false))
    #expect(!report.isProven(exactlyOnce: false, strict: true))

    fixture = try Fixture(absent: [homes[0].topic])
    fixture.copy(fixture.rows[0], key: fixture.key(0), in: homes[1].topic)
    fixture.copies(of: 1)
    fixture.copies(of: 2)
    report = fixture.report()
    #expect(report.counts.missing == 1 && report.counts.gone == 0)
    #expect(report.findings.map(\.line) == ["missing meminfo/0/10 \(homes[0].topic)"])
    #expect(report.findings[0].detail == "the topic does not exist")

    // Deleted while it was read.
    fixture = try complete()
    fixture.ledger.close(homes[1].topic)
    report = fixture.report()
    #expect(report.counts.gone == 0 && report.counts.proven == 3)
  }

  @Test func whatMayHaveBeenDeletedIsExpired() throws {
    var fixture = try Fixture(low: 100)
    fixture.copies(of: 1)
    fixture.copies(of: 2)
    let report = fixture.report()
    #expect(report.counts.expired == 2 && report.counts.missing == 0 && report.counts.proven == 2)
    #expect(report.isProven(exactlyOnce: true, strict: false))
    #expect(!report.isProven(exactlyOnce: false, strict: true))
    #expect(report.findings.isEmpty)
  }

  /// With more partitions than before, a copy may have been in any of them.
  @Test func aTopicThatHasGrownIsJudgedAsAWhole() throws {
    for hasMoved in [false, true] {
      var fixture = try Fixture()
      let home = fixture.homes(0)[0]
      let other = (home.partition + 1) % 3
      // Only another partition has lost rows.
      for output in fixture.ledger.outputs.indices
      where fixture.ledger.partition(of: output) == TopicPartition(topic: home.topic, partition: other) {
        fixture.ledger.outputs[output].evidence.low = 5
        fixture.ledger.outputs[output].evidence.lowAfter = 5
        fixture.ledger.outputs[output].evidence.start = 5
      }
      fixture.copies(of: 1)
      fixture.copies(of: 2)
      fixture.copy(fixture.rows[0], key: fixture.key(0), in: fixture.homes(0)[1].topic)
      if hasMoved {
        // A copy of another row of the same user where its node's name does not lead now.
        fixture.ledger.topics[fixture.ledger.topics.add(home.topic)].hasGrown = true
      }
      let report = fixture.report()
      #expect(report.counts.expired == (hasMoved ? 1 : 0) && report.counts.missing == (hasMoved ? 0 : 1))
    }
    var fixture = try complete()
    let home = fixture.homes(0)[0]
    fixture.copy(fixture.rows[0], key: fixture.key(0), in: home.topic, partition: (home.partition + 1) % 3)
    let position = fixture.ledger.topics.add(home.topic)
    #expect(fixture.ledger.topics[position].hasGrown)
  }

  @Test func findingsAreBoundedAndCountsAreNot() throws {
    var fixture = try Fixture(findingLimit: 2)
    for row in 0..<3 { fixture.copies(of: row) }
    for _ in 0..<10 { fixture.copies(of: 2) }
    for _ in 0..<10 { fixture.copy(fixture.rows[0], key: fixture.key(0), in: Fixture.userB) }
    let report = fixture.report()
    #expect(report.counts.doubled == 10 && report.counts.misplaced == 10)
    // The worst first.
    #expect(report.findings.map(\.kind) == [.misplaced, .misplaced, .doubled, .doubled])
  }

  @Test func rowsOutsideTheStretchAreNotTaken() throws {
    var fixture = try complete()
    fixture.rows[0].withUnsafeBytes { payload in
      for offset: Int64 in [9, 13] { fixture.ledger.take(row: payload, slot: 0, offset: offset, timestamp: nil) }
    }
    #expect(fixture.ledger.earliestTime == Fixture.time)
    let report = fixture.report()
    #expect(report.counts.rows == 3)
  }

  /// The topic was deleted and created again: what was written before is neither right nor wrong.
  @Test func copiesOfAnotherLifeAreNone() throws {
    var fixture = try AuditLedgerFixture(life: try #require(PartitionLife("mfr3k1z0")))
    for row in 0..<3 { fixture.copies(of: row) }
    let home = fixture.homes(0)[0]
    for key in ["meminfo/0/10", "meminfo/0@abc/10", "meminfo/0@mfr3k1z/11"] {
      fixture.copy(Array("{}".utf8), key: key, in: home.topic, partition: home.partition)
    }
    let report = fixture.report()
    #expect(report.isProven(exactlyOnce: true, strict: true))
    #expect(report.counts.rows == 3 && report.counts.proven == 3)
    #expect(fixture.ledger.otherCount == 3)
  }
}
