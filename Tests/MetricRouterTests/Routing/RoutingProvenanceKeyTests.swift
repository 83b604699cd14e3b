import Kafka
import TestSupport
import Testing

@testable import MetricRouter

@Suite struct RoutingProvenanceKeyTests {
  private static var edges: [Int64] {
    var offsets: Set<Int64> = [0, .max, .max - 1]
    var power: Int64 = 1
    while true {
      offsets.formUnion([power - 1, power, power + 1])
      let (next, overflow) = power.multipliedReportingOverflow(by: 10)
      if overflow { break }
      power = next
    }
    return offsets.sorted()
  }

  @Test func everyOffsetIsWrittenAsItIs() {
    var random = SeededGenerator(seed: 1)
    var key = ProvenanceKey()
    let prefixes = [
      ProvenanceKey.prefix(topic: "meminfo", partition: 0),
      ProvenanceKey.prefix(topic: String(repeating: "x", count: 249), partition: .max),
    ]
    #expect(prefixes[0] == Array("meminfo/0/".utf8))
    let offsets =
      Self.edges
      + (0..<2000).map { _ in Int64.random(in: 0...(.max), using: &random) >> Int64.random(in: 0..<63, using: &random) }
    for offset in offsets {
      for slot in prefixes.indices {
        let written = Array(key.write(slot: slot, prefix: prefixes[slot], offset: offset))
        #expect(written == prefixes[slot] + Array(String(offset).utf8))
      }
    }
  }

  @Test(arguments: Self.edges) func whereARowCameFromIsReadBack(offset: Int64) {
    var key = ProvenanceKey()
    for (topic, partition) in [("meminfo", 0), (String(repeating: "x", count: 249), .max)] as [(String, Int32)] {
      let prefix = ProvenanceKey.prefix(topic: topic, partition: partition)
      let origin = ProvenanceKey.origin(of: Array(key.write(slot: Int(partition), prefix: prefix, offset: offset)))
      #expect(origin?.partition == TopicPartition(topic: topic, partition: partition))
      #expect(origin?.offset == offset)
    }
  }

  @Test(arguments: [
    "", "/", "//", "a/0", "a/0/", "a//1", "/0/1", "a/0/1/2", "a/-1/2", "a/1/-2", "a/x/1", "a/1/x", "a/2147483648/1",
    "a/0/9223372036854775808",
  ])
  func otherKeysHaveNoOrigin(key: String) {
    #expect(ProvenanceKey.origin(of: Array(key.utf8)) == nil)
  }

  @Test func thePrefixIsCopiedOnlyWhenThePartitionChanges() {
    var key = ProvenanceKey()
    var asked = 0
    func prefix(_ text: String) -> [UInt8] {
      asked += 1
      return Array(text.utf8)
    }
    for offset in 0..<10 as Range<Int64> { _ = key.write(slot: 4, prefix: prefix("a/0/"), offset: offset) }
    #expect(asked == 1)
    #expect(Array(key.write(slot: 5, prefix: prefix("b/1/"), offset: 9)) == Array("b/1/9".utf8))
    #expect(Array(key.write(slot: 4, prefix: prefix("a/0/"), offset: 10)) == Array("a/0/10".utf8))
    #expect(asked == 3)
  }
}
