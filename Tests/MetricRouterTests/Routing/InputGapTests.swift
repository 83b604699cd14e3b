import Kafka
import TestSupport
import Testing

@testable import MetricRouter

/// Which holes between offsets are rows that were lost.
@Suite struct InputGapTests {
  private static let partition = TopicPartition(topic: "meminfo", partition: 3)

  @Test(
    arguments: [
      // Nothing is known of where the partition begins, or of what was expected.
      (100, 500, nil, nil), (-1, 500, 500, nil),
      // Marks of transactions, compaction: the row that was expected would still be there.
      (100, 101, 0, nil), (100, 500, 100, nil), (100, 500, 40, nil),
      // Retention.
      (100, 500, 500, 100..<500), (100, 101, 101, 100..<101), (0, 7, 7, 0..<7),
      // The oldest row that is left is not at the very beginning.
      (100, 503, 500, 100..<500),
      // Deletion went on when the row behind a mark had been fetched.
      (100, 101, 5000, nil),
      // Rows come again.
      (500, 100, 0, nil), (500, 100, 100, nil),
    ] as [(Int64, Int64, Int64?, Range<Int64>?)])
  func onlyWhatWasDeletedUnreadIsOne(_ expected: Int64, _ found: Int64, _ firstKept: Int64?, _ lost: Range<Int64>?) {
    let gap = InputGap(
      Self.partition, expected: expected, found: found, firstKept: firstKept, skipsToEnd: false)
    #expect(gap == lost.map { InputGap(Self.partition, from: $0.lowerBound, to: $0.upperBound) })
  }

  /// Where reading goes on at the end, all that was there is passed over.
  @Test func whatIsSkippedIsLostAsWell() {
    let gap = InputGap(Self.partition, expected: 100, found: 900, firstKept: 500, skipsToEnd: true)
    #expect(gap == InputGap(Self.partition, from: 100, to: 900))
    #expect(InputGap(Self.partition, expected: 100, found: 900, firstKept: 20, skipsToEnd: true) == nil)
  }

  @Test func itsMessageIsReadBack() {
    let gap = InputGap(Self.partition, from: 100, to: 500)
    #expect(InputGap(headers: gap.headers) == gap)
    #expect(gap.count == 400)
    #expect(
      gap.text == "400 rows of meminfo/3, from offset 100 to 499, were deleted before the router had read them")
    #expect(
      InputGap(Self.partition, from: 7, to: 8).text
        == "1 row of meminfo/3, from offset 7 to 7, was deleted before the router had read it")
  }

  @Test func nonsenseIsNoGap() {
    let good = InputGap(Self.partition, from: 100, to: 500).headers
    #expect(InputGap(headers: []) == nil)
    for name in good.map(\.name) where name != "detail" {
      #expect(InputGap(headers: good.filter { $0.name != name }) == nil, "without \(name)")
      for value in ["", "-1", "x", "99999999999999999999", "500"] where !(name == "topic" && !value.isEmpty) {
        // 500 is a good partition, and a bad one of everything else.
        guard !(name == "partition" && value == "500"), !(name == "to" && value == "500") else { continue }
        let headers = good.map { $0.name == name ? MessageHeader(name, value) : $0 }
        #expect(InputGap(headers: headers) == nil, "\(name) is \(value)")
      }
      let headers = good.map { $0.name == name ? MessageHeader(name, bytes: nil) : $0 }
      #expect(InputGap(headers: headers) == nil, "\(name) has no value")
    }
  }
}
