import Kafka
import Testing

@testable import MetricRouter

@Suite struct RoutingOwnerWaitTests {
  private static let key = Array("meminfo/2@1k/17".utf8)

  @Test func aRowComesBackWithItsPlaceAndTimes() throws {
    let headers = OwnerWait.headers(now: 1_800_000_000_000, timestamp: 1_700_000_000_000)
    let wait = try #require(OwnerWait(key: Self.key, headers: headers))
    #expect(wait.key == Self.key)
    #expect(wait.origin.partition == TopicPartition(topic: "meminfo", partition: 2))
    #expect(wait.origin.offset == 17)
    #expect(wait.since == 1_800_000_000_000)
    #expect(wait.timestamp == 1_700_000_000_000)
    let timeless = try #require(OwnerWait(key: Self.key, headers: OwnerWait.headers(now: 5, timestamp: nil)))
    #expect(timeless.timestamp == nil)
  }

  /// It must not wait for an owner, however long rows may.
  @Test func aDeadLetterThatIsSentAgainIsDecidedAtOnce() throws {
    let letter = LetterPlace(partition: 1, offset: 40)
    let headers = OwnerWait.headers(redriving: letter, timestamp: 1_700_000_000_000)
    let wait = try #require(OwnerWait(key: Self.key, headers: headers))
    #expect(wait.since == 0 && wait.timestamp == 1_700_000_000_000)
    #expect(wait.letter == letter)
    #expect(OwnerWait.time(in: headers) == 1_700_000_000_000)
    #expect(OwnerWait(key: Self.key, headers: OwnerWait.headers(now: 5, timestamp: 6))?.letter == nil)
  }

  /// Whoever may write to the topic can put anything there.
  @Test(arguments: ["", "meminfo", "meminfo/2", "meminfo/x/17", "meminfo/2/", "/2/17", "a/b/2/17"])
  func otherKeysAreNoRows(_ key: String) {
    #expect(OwnerWait(key: Array(key.utf8), headers: OwnerWait.headers(now: 5, timestamp: 6)) == nil)
  }

  @Test func otherHeadersAreNoRows() {
    #expect(OwnerWait(key: Self.key, headers: []) == nil)
    #expect(OwnerWait(key: Self.key, headers: [MessageHeader("since", "soon")]) == nil)
    let long = Array(String(repeating: "m", count: 400).utf8) + Array("/2/17".utf8)
    #expect(OwnerWait(key: long, headers: OwnerWait.headers(now: 5, timestamp: 6)) == nil)
  }
}
