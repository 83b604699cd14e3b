import Kafka
import TestSupport
import Testing

@testable import MetricRouter

/// What is said of rows that were lost, and read back.
@Suite struct InputGapTests {
  private static let partition = TopicPartition(topic: "meminfo", partition: 3)

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
