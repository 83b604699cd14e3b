/// A hash that stands for the bytes of a row: two rows with the same hash count as equal.
///
/// 64 bits, because copies are compared with their own row only, never with each other: a copy that differs passes with
/// a chance of 2^-64, however many rows there are. Seeded again for each audit, so that nobody can choose bytes that
/// pass. Keeping the rows themselves would need a hundred times the memory; merging inputs and outputs instead would
/// need both in one order, and the outputs have none across topics.
struct PayloadHash {
  private let first: UInt64
  private let second: UInt64
  /// The factor of the last bytes: with `second`, the first of them would be multiplied by 0.
  private let third: UInt64

  init(seed: UInt64 = UInt64.random(in: .min ... .max)) {
    // What is multiplied by must not be small.
    first = Self.mix(seed ^ 0x9e37_79b9_7f4a_7c15, 0xa076_1d64_78bd_642f) | 1
    second = Self.mix(seed ^ 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3) | 1
    third = Self.mix(seed ^ 0x5899_65cc_7537_4cc3, 0x1d8e_4e27_c47d_124f) | 1
  }

  /// The hash of these bytes.
  func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = second
    var index = 0
    while index + 16 <= bytes.count {
      let left = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let right = bytes.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self)
      state = Self.mix(left ^ first, right ^ state)
      index += 16
    }
    while index < bytes.count {
      var word: UInt64 = 0
      for byte in bytes[index..<min(index + 8, bytes.count)] { word = word << 8 | UInt64(byte) }
      state = Self.mix(word ^ first, state ^ third)
      index += 8
    }
    // The number of bytes comes last: in front, another number could be made up for by other bytes.
    return Self.mix(state ^ first, second ^ UInt64(bytes.count))
  }

  /// A wide multiplication, folded, as in wyhash.
  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
