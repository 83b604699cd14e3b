extension PayloadBytes {
  /// The end of an array of numbers of one kind (`[1,2]`) at a position.
  ///
  /// `nil` if there is none.
  @inline(never)
  func endOfArray(_ position: UnsafeRawPointer, of kind: PrintedKind) -> UnsafeRawPointer? {
    guard has(UInt8(ascii: "["), at: position) else { return nil }
    var position = position + 1
    if has(UInt8(ascii: "]"), at: position) { return position + 1 }
    while true {
      let end =
        switch kind {
        case .unsignedArray: endOfUnsigned(position)
        case .signedArray: endOfSigned(position)
        default: endOfFloat(position)
        }
      guard let end, end < self.end else { return nil }
      switch end.load(as: UInt8.self) {
      case UInt8(ascii: ","): position = end + 1
      case UInt8(ascii: "]"): return end + 1
      default: return nil
      }
    }
  }

  /// The end of an array or number of any kind at a position.
  ///
  /// `nil` if there is none.
  @inline(__always)
  func endOfUndeclaredNumbers(_ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    return has(UInt8(ascii: "["), at: position) ? endOfArray(position, of: .floatArray) : endOfFloat(position)
  }
}
