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
      ProvenanceKey.prefix(topic: String(repeating: "x", count: 249), partition: .max, life: Self.longLife),
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
      for life in [PartitionLife.unnamed, PartitionLife(begunAt: 1_796_000_000_000), Self.longLife] {
        let prefix = ProvenanceKey.prefix(topic: topic, partition: partition, life: life)
        let slot = Int(partition) + life.description.utf8.count
        let origin = ProvenanceKey.origin(of: Array(key.write(slot: slot, prefix: prefix, offset: offset)))
        #expect(origin?.partition == TopicPartition(topic: topic, partition: partition))
        #expect(origin?.life == life)
        #expect(origin?.offset == offset)
      }
    }
  }

  private static let longLife = PartitionLife(begunAt: .max)

  @Test func theFormIsAsUsersReadIt() throws {
    let life = try #require(PartitionLife("mfr3k1z0"))
    #expect(ProvenanceKey.prefix(topic: "meminfo", partition: 3, life: life) == Array("meminfo/3@mfr3k1z0/".utf8))
    #expect(ProvenanceKey.prefix(topic: "meminfo", partition: 3) == Array("meminfo/3/".utf8))
    for key in ["meminfo/3@mfr3k1z0/17", "meminfo/3/17"] {
      let place = Array(key.utf8).withUnsafeBytes { String(decoding: ProvenanceKey.place(in: $0), as: UTF8.self) }
      #expect(place == "meminfo/3", "dead letters of a partition stay together")
    }
  }

  @Test(arguments: [
    "", "/", "//", "a/0", "a/0/", "a//1", "/0/1", "a/0/1/2", "a/-1/2", "a/1/-2", "a/x/1", "a/1/x", "a/2147483648/1",
    "a/0/9223372036854775808", "a/0@/1", "a/@x/1", "a/0@X/1", "a/0@x@y/1", "a/0@abcdefghijklmnopq/1", "a/0@x-y/1",
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
