internal import Decomp
internal import TestSupport

/// One change of a row: a byte, a piece taken out, repeated or moved, text that matters put in, or a piece of another
/// row.
enum RowMutation {
  static func apply(
    to payload: inout [UInt8], other: [UInt8], schema: RowSchema?, using random: inout SeededGenerator
  ) {
    func piece(_ bytes: [UInt8]) -> Range<Int> {
      let start = Int.random(in: 0...bytes.count, using: &random)
      return start..<min(bytes.count, start + Int.random(in: 0...40, using: &random))
    }
    let place = Int.random(in: 0...payload.count, using: &random)
    switch Int.random(in: 0..<9, using: &random) {
    case 0 where place < payload.count: payload[place] = UInt8.random(in: 0...255, using: &random)
    case 1 where place < payload.count: payload[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
    case 2: payload.removeSubrange(piece(payload))
    case 3: payload.insert(contentsOf: Array(payload[piece(payload)]), at: place)
    case 4: payload.insert(contentsOf: other[piece(other)], at: place)
    case 5: payload.removeSubrange(place...)
    case 6:
      let name = schema?.columns.randomElement(using: &random)?.name ?? "job_id"
      let texts = [
        "\"", "\",\"\(name)\":\"", ",\"\(name)\":1", "\",\"\(name)\":[", "}", "\"}", "\u{0}", "[", "nan", "-", ".",
      ]
      payload.insert(contentsOf: Array((texts.randomElement(using: &random) ?? "").utf8), at: place)
    case 7:
      let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
      guard let index = next(in: payload, from: place, isDigit) else { return }
      payload[index] = UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "9"), using: &random)
    default:
      let texts = ["x", "é", "\\", "\t", ","]
      guard let index = next(in: payload, from: place, { $0 == UInt8(ascii: "\"") }) else { return }
      payload.insert(contentsOf: Array((texts.randomElement(using: &random) ?? "").utf8), at: index)
    }
  }

  /// The next such byte from a place on, or from the beginning.
  private static func next(in bytes: [UInt8], from place: Int, _ isWanted: (UInt8) -> Bool) -> Int? {
    bytes[place...].firstIndex(where: isWanted) ?? bytes[..<place].firstIndex(where: isWanted)
  }
}
