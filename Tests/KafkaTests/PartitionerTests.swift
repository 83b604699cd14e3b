import Kafka
import Testing

@Suite struct PartitionerTests {
  /// Hashes from Kafka's own `UtilsTest.testMurmur2`, made positive as its partitioner does.
  @Test(
    arguments: [
      ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
      ("a-little-bit-longer-string", -1_486_304_829),
      ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ] as [(String, Int32)])
  func agreesWithKafka(key: String, hash: Int32) {
    for count: Int32 in [1, 3, 8, 100] {
      #expect(Partitioner.murmur2(key, partitionCount: count) == (hash & .max) % count)
    }
  }

  @Test func takesAnEmptyKey() {
    #expect(Partitioner.murmur2("", partitionCount: 7) == (275_646_681 & .max) % 7)
    #expect((0..<7).contains(Partitioner.murmur2(UnsafeRawBufferPointer(start: nil, count: 0), partitionCount: 7)))
  }
}
