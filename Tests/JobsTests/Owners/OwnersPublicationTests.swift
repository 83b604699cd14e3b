import Testing

@testable import Jobs

/// When the routing thread is told whose jobs are.
@Suite struct OwnersPublicationTests {
  private static func known() -> OwnersPublication {
    var owners = OwnersPublication()
    owners.noteHandover()
    owners.noteHandover()
    _ = owners.noteRead()
    return owners
  }

  private static func publishes(_ owners: inout OwnersPublication, _ edition: UInt64, at now: Int64) -> Bool {
    owners.publishes(edition, isFirst: false, asksByNode: false, isBehind: false, now: now)
  }

  @Test func notBeforeASecondHandoverAfterTheSourcesWereRead() {
    var owners = OwnersPublication()
    for _ in 0..<2 {
      let isKnown = owners.noteRead()
      let isDue = owners.isDue(now: 1_000_000)
      #expect(!isKnown && !owners.isKnown && !isDue)
      owners.noteHandover()
    }
    owners = OwnersPublication()
    owners.noteHandover()
    owners.noteHandover()
    let (first, second) = (owners.noteRead(), owners.noteRead())
    #expect(first && !second, "said once")
    #expect(owners.isKnown)
  }

  @Test func looksTwiceASecond() {
    var owners = Self.known()
    let times = stride(from: 10_000 as Int64, to: 12_000, by: 100).filter { owners.isDue(now: $0) }
    #expect(times == [10_000, 10_500, 11_000, 11_500])
  }

  /// Each publication is looked at by all rows, so the same owners are not published again, unless how far was read may decide rows.
  @Test func whatIsNotNewIsPublishedForAWhileOnly() {
    var owners = Self.known()
    let first = owners.publishes(1, isFirst: true, asksByNode: false, isBehind: false, now: 10_000)
    #expect(first)
    let times = stride(from: 10_500 as Int64, to: 140_000, by: 500).filter { Self.publishes(&owners, 1, at: $0) }
    #expect(times.first == 12_000 && times.last == 128_000 && times.count == 59, "each 2 s, for 2 min")
    let isBehind = owners.publishes(1, isFirst: false, asksByNode: false, isBehind: true, now: 140_000)
    #expect(isBehind)
    let byNode = owners.publishes(1, isFirst: false, asksByNode: true, isBehind: false, now: 140_500)
    #expect(byNode)
    let isNew = Self.publishes(&owners, 2, at: 140_501)
    #expect(isNew)
  }
}
