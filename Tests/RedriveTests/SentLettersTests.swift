import Kafka
import TestSupport
import Testing

@testable import MetricRouter
@testable import Redrive

/// The dead letters that were sent before, and how a message names one.
@Suite struct SentLettersTests {
  /// Compared with a plain set.
  @Test func knowsExactlyWhatWasSent() {
    var generator = SeededGenerator(seed: 5)
    var sent = SentLetters()
    var model: Set<LetterPlace> = []
    func key(_ place: LetterPlace) -> [UInt8] { Array("meminfo/0/\(place.offset)".utf8) }
    func random() -> LetterPlace {
      let partition = Int32.random(in: 0...2, using: &generator)
      // Around the ends of pieces.
      let start = [Int64(0), 4000, 1 << 40][Int.random(in: 0...2, using: &generator)]
      return LetterPlace(partition: partition, offset: start + Int64.random(in: 0...300, using: &generator))
    }
    for _ in 0..<2000 {
      let place = random()
      key(place).withUnsafeBytes { sent.insert(place, key: $0) }
      model.insert(place)
      let asked = random()
      #expect(key(asked).withUnsafeBytes { sent.contains(asked, key: $0) } == model.contains(asked))
    }
  }

  @Test func aPlaceIsReadBackFromItsHeader() {
    let place = LetterPlace(partition: 2, offset: 4711)
    #expect(place.header == MessageHeader("redriven", "2/4711"))
    #expect(LetterPlace(headers: [MessageHeader("reason", "x"), place.header]) == place)
  }

  @Test(arguments: ["", "1", "1/", "/1", "-1/1", "1/-1", "1/2/3", "a/1", "1/99999999999999999999"])
  func nonsenseIsNoPlace(_ text: String) {
    #expect(LetterPlace(headers: [MessageHeader("redriven", text)]) == nil)
    #expect(LetterPlace(headers: [MessageHeader("redriven", bytes: nil)]) == nil)
  }
}
