internal import MetricRouter

/// The dead letters whose rows have been resent: two bytes each, if there are many.
///
/// They are known by their places and by a fingerprint of their keys: if the dead-letter topic is deleted and created again,
/// other dead letters get the same places.
package struct SentLetters {
  private static let pieceBits: Int64 = 12
  private static let pieceSize = 1 << Int(pieceBits)

  private struct Piece: Hashable {
    let partition: Int32
    let number: Int64
  }

  /// The fingerprint of the key by the place of the dead letter, or 0 if the row has not been resent.
  private var pieces: [Piece: [UInt16]] = [:]

  /// Notes a dead letter whose row has been sent.
  mutating func insert(_ place: LetterPlace, key: UnsafeRawBufferPointer) {
    let (piece, index) = Self.position(place)
    pieces[piece, default: Array(repeating: 0, count: Self.pieceSize)][index] = Self.fingerprint(key)
  }

  /// Whether the row of a dead letter has been sent.
  func contains(_ place: LetterPlace, key: UnsafeRawBufferPointer) -> Bool {
    let (piece, index) = Self.position(place)
    return pieces[piece]?[index] == Self.fingerprint(key)
  }

  private static func position(_ place: LetterPlace) -> (piece: Piece, index: Int) {
    (
      Piece(partition: place.partition, number: place.offset >> pieceBits),
      Int(place.offset & (Int64(pieceSize) - 1))
    )
  }

  /// FNV-1a, folded to two bytes; never 0.
  private static func fingerprint(_ key: UnsafeRawBufferPointer) -> UInt16 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let folded = UInt16(truncatingIfNeeded: hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48)
    return folded == 0 ? 1 : folded
  }
}
