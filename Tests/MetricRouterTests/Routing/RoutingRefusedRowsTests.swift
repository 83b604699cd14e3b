import Kafka
import Testing

@testable import MetricRouter

@Suite struct RoutingRefusedRowsTests {
  private static let place = TopicPartition(topic: "meminfo", partition: 3)

  @Test func eachCopyIsKnownByItself() {
    var rows = RefusedRows()
    #expect(rows.isEmpty)
    rows.note(key: Array("meminfo/3/7".utf8), .user, detail: "too large")
    rows.note(key: Array("meminfo/3/8".utf8), .job, detail: "refused")
    rows.note(key: Array("meminfo/3/8".utf8), .user, detail: "too large")
    #expect(!rows.isEmpty)
    #expect(rows[Self.place, 7] == RefusedRows.Row(user: "too large", job: nil))
    #expect(rows[Self.place, 8] == RefusedRows.Row(user: "too large", job: "refused"))
    #expect(rows[Self.place, 7]?[.user] == "too large")
    #expect(rows[Self.place, 7]?[.job] == nil)
    #expect(rows[Self.place, 7]?[.deadLetter] == nil)
    #expect(rows[Self.place, 6] == nil)
    #expect(rows[TopicPartition(topic: "meminfo", partition: 0), 7] == nil)
  }

  @Test func whatIsCommittedIsForgotten() {
    var rows = RefusedRows()
    for offset in [7, 8, 9] { rows.note(key: Array("meminfo/3/\(offset)".utf8), .user, detail: "") }
    rows.forget(TopicPartition(topic: "vmstat", partition: 3), before: 100)
    rows.forget(Self.place, before: 8)
    #expect(rows[Self.place, 7] == nil)
    #expect(rows[Self.place, 8] != nil)
    rows.forget(Self.place, before: 10)
    #expect(rows.isEmpty)
  }

  @Test(arguments: ["", "meminfo", "meminfo/3", "meminfo/3/x"]) func keysOfOthersAreNothing(key: String) {
    var rows = RefusedRows()
    rows.note(key: Array(key.utf8), .user, detail: "")
    #expect(rows.isEmpty)
  }

  @Test func eachCopyOfARowHasItsOwnReason() {
    var rows = RefusedRows()
    rows.note(key: Array("meminfo/3/7".utf8), .user, detail: "too large")
    rows.note(key: Array("meminfo/3/7".utf8), .deadLetter, detail: "too large for that as well")
    #expect(rows[Self.place, 7]?[.user] == "too large")
    #expect(rows[Self.place, 7]?[.job] == nil)
    #expect(rows[Self.place, 7]?[.deadLetter] == "too large for that as well")
  }
}
