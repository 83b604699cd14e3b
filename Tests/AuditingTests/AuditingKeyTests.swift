import Kafka
import Testing

@testable import Auditing
@testable import MetricRouter

/// Keys of copies, read back.
@Suite struct AuditingKeyTests {
  private func read(_ key: String) -> (prefix: String, offset: Int64)? {
    Array(key.utf8).withUnsafeBytes { key in
      ProvenanceKey.read(key).map { (String(decoding: $0.prefix, as: UTF8.self), $0.offset) }
    }
  }

  @Test(arguments: [
    ("meminfo/0/17", "meminfo/0/", 17), ("a.b_c-d/12/0", "a.b_c-d/12/", 0),
    ("x/2147483647/9223372036854775807", "x/2147483647/", Int64.max),
  ])
  func keysAreParsed(_ key: String, _ prefix: String, _ offset: Int64) throws {
    let parts = try #require(read(key))
    #expect(parts.prefix == prefix)
    #expect(parts.offset == offset)
    #expect(RowPlace(key)?.description == key)
  }

  @Test func keysOfALifeAreParsed() throws {
    let parts = try #require(read("meminfo/0@mfr3k1z0/17"))
    #expect(parts.prefix == "meminfo/0@mfr3k1z0/")
    #expect(parts.offset == 17)
    #expect(RowPlace("meminfo/0@mfr3k1z0/17")?.description == "meminfo/0/17")
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var writer = ProvenanceKey()
    for offset: Int64 in [0, 9, 10, 4711, .max] {
      let key = writer.write(slot: 1, prefix: ProvenanceKey.prefix(topic: "meminfo", partition: 3), offset: offset)
      let parts = try #require(ProvenanceKey.read(key))
      #expect(parts.offset == offset)
      #expect(Array(parts.prefix) == ProvenanceKey.prefix(topic: "meminfo", partition: 3))
    }
  }

  /// Two keys of one row would let a copy pass for another.
  @Test(arguments: [
    "", "/", "//", "meminfo", "meminfo/0", "meminfo/0/", "meminfo//1", "/0/1", "meminfo/0/01", "meminfo/00/1",
    "meminfo/0/-1", "meminfo/0/+1", "meminfo/0/1 ", "meminfo/ 0/1", "meminfo/x/1", "meminfo/0/1x", "meminfo/0/\u{0}",
    "meminfo/0@/1", "meminfo/@a/1", "meminfo/0@A/1", "meminfo/0@a@b/1", "meminfo/00@a/1", "meminfo/0@a/01",
    "meminfo/2147483648/1", "meminfo/0/9223372036854775808", "meminfo/0/99999999999999999999",
  ])
  func otherBytesAreNoKeys(_ text: String) {
    #expect(read(text) == nil)
    #expect(RowPlace(text) == nil)
  }

  @Test func aTopicHasNoSlash() {
    #expect(RowPlace("a/b/0/1") == nil)
  }
}
