import Exporting
import Testing

@Suite struct RecentRowsTests {
  /// `#expect` takes no call that changes something.
  private func isNew(_ answer: Bool) -> Bool { answer }

  @Test func `A copy is told from its row, in whatever order rows come`() {
    var recent = RecentRows()
    for row: UInt64 in [5, 3, 900_000, 4] { #expect(isNew(recent.insert(row, time: 0))) }
    for row: UInt64 in [5, 3, 900_000, 4] { #expect(!isNew(recent.insert(row, time: 1))) }
  }

  @Test func `After an outage of hours, the rows of the last half minute before it are known`() {
    var recent = RecentRows()
    for row in 0..<UInt64(600) { #expect(isNew(recent.insert(row, time: Int64(row) * 1000))) }
    let later: Int64 = 600_000 + 7_200_000
    for row in UInt64(570)..<600 { #expect(!isNew(recent.insert(row, time: later + Int64(row)))) }
    for row in UInt64(600)..<700 { #expect(isNew(recent.insert(row, time: later + Int64(row)))) }
    // Copies that come behind the first new rows.
    for row in UInt64(580)..<600 { #expect(!isNew(recent.insert(row, time: later + 1000))) }
  }

  @Test func `However fast rows come, tens of thousands are known and memory is bounded`() {
    var recent = RecentRows()
    let new = (0..<UInt64(400_000)).count { recent.insert($0, time: 0) }
    #expect(new == 400_000)
    let copies = (UInt64(350_000)..<400_000).count { !recent.insert($0, time: 0) }
    #expect(copies == 50_000)
    // So old that it is forgotten.
    #expect(isNew(recent.insert(1, time: 0)))
  }
}
