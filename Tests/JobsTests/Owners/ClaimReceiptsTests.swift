import Testing

@testable import Jobs
@testable import MetricRouter

@Suite struct ClaimReceiptsTests {
  private var receipts = ClaimReceipts()

  private mutating func take(_ places: Int32...) {
    for place in places {
      let row = receipts.next()
      receipts.note(row, of: place)
    }
  }

  @Test mutating func rowsAreStoredWithTheirShares() {
    #expect(receipts.stored == 0 && !receipts.isOpen)
    take(7, 8, 7)
    #expect(receipts.stored == 0 && receipts.isOpen)
    receipts.send(7)
    #expect(receipts.stored == 0)
    receipts.answer(7, isStored: true)
    // The second row is of another job.
    #expect(receipts.stored == 1)
    receipts.send(8)
    receipts.answer(8, isStored: true)
    #expect(receipts.stored == 3 && !receipts.isOpen)
  }

  /// A message that was on its way before says nothing of a claim that came later.
  @Test mutating func onlyALaterMessageHasTheClaim() {
    receipts.send(7)
    take(7)
    receipts.answer(7, isStored: true)
    #expect(receipts.stored == 0)
    receipts.send(7)
    take(7)
    receipts.send(7)
    receipts.answer(7, isStored: true)
    #expect(receipts.stored == 1)
    receipts.answer(7, isStored: true)
    #expect(receipts.stored == 2)
  }

  @Test mutating func whatDidNotArriveIsOwedAgain() {
    take(7)
    receipts.send(7)
    let isOwed = receipts.answer(7, isStored: false)
    #expect(isOwed && receipts.stored == 0)
    receipts.send(7)
    receipts.loseMessages()
    #expect(receipts.stored == 0)
    // An answer that nobody expects any more.
    receipts.answer(7, isStored: true)
    #expect(receipts.stored == 0)
    receipts.send(7)
    receipts.answer(7, isStored: true)
    #expect(receipts.stored == 1)
    let isOwedLater = receipts.answer(7, isStored: false)
    #expect(!isOwedLater)
  }

  @Test mutating func rowsThatSayNothingNewAndJobsThatAreGoneOweNothing() {
    let (first, second, third) = (receipts.next(), receipts.next(), receipts.next())
    receipts.drop(second)
    receipts.hold(first)
    receipts.note(third, of: 3)
    #expect(receipts.stored == 0)
    receipts.note(first, of: 4)
    receipts.send(4)
    receipts.answer(4, isStored: true)
    #expect(receipts.stored == 2)
    receipts.forget { $0 == 3 }
    #expect(receipts.stored == 3)
  }
}
