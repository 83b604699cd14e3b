package import Decomp
internal import Naming

/// The values of an authority's row, as places and numbers. It allocates nothing.
package struct OwnerRowValues {
  /// What a column stands for.
  package indirect enum Slot: Sendable {
    case member(OwnerRule.Member)
    /// The sides of the condition.
    case left, right
    case several([Slot])
  }

  package var job: UInt64?
  package var uid: UInt64?
  package var user: ByteRange?
  package var host: ByteRange?
  package var start: UInt64?
  package var end: UInt64?
  package var left: UInt64?
  package var right: UInt64?
  package var time: Int64 = 0
  package var component: UInt64?

  /// Notes a value as it stands in the row.
  package mutating func note(_ slot: Slot, _ range: ByteRange, in payload: UnsafeRawBufferPointer) {
    switch slot {
    case .member(.user): user = range
    case .member(.host): host = range
    case .member(.job): job = Self.number(range, payload)
    case .member(.uid): uid = Self.number(range, payload)
    case .member(.start): start = Self.number(range, payload)
    case .member(.end): end = Self.number(range, payload)
    case .left: left = Self.number(range, payload)
    case .right: right = Self.number(range, payload)
    case .several(let slots): for slot in slots { note(slot, range, in: payload) }
    }
  }

  /// An unsigned integer, or the whole part of a number; `nil` for anything else.
  package static func number(_ range: ByteRange, _ payload: UnsafeRawBufferPointer) -> UInt64? {
    var number: UInt64 = 0
    let bytes = range.bytes(in: payload)
    guard let first = bytes.first, NodeList.digit(first) != nil, bytes.count <= 40 else { return nil }
    for (position, byte) in bytes.enumerated() {
      guard let digit = NodeList.digit(byte) else {
        let rest = bytes[(position + 1)...]
        return byte == UInt8(ascii: ".") && rest.allSatisfy { NodeList.digit($0) != nil } ? number : nil
      }
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = product.addingReportingOverflow(digit)
      guard !isTooLarge, !isTooLargeNow else { return nil }
      number = sum
    }
    return number
  }
}
