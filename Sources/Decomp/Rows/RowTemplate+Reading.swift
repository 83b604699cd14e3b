extension RowTemplate {
  /// The start of the value of `column`, if the expected bytes before it are at a position.
  ///
  /// For the column after the last one: the payload's end, if the closing brace and nothing else is left.
  @inline(__always)
  func next(_ column: Int, at position: UnsafeRawPointer, in bytes: PayloadBytes) -> UnsafeRawPointer? {
    guard column < steps.count else {
      return bytes.has(UInt8(ascii: "}"), at: position) && position + 1 == bytes.end ? bytes.end : nil
    }
    let length = Int(steps[column].length)
    return bytes.matches(words + Int(steps[column].firstWord), length: length, at: position) ? position + length : nil
  }

  /// Why there is no reading beyond the value of `column` that begins at a position: the value itself, or what follows
  /// where it ends at the first opportunity.
  func refusal(notBeyond column: Int, at position: UnsafeRawPointer, in bytes: PayloadBytes) -> RowRefusal {
    let end: UnsafeRawPointer?
    if bytes.has(UInt8(ascii: "\""), at: position) {
      var quote = position + 1
      while quote < bytes.end, !bytes.has(UInt8(ascii: "\""), at: quote) { quote += 1 }
      end = quote < bytes.end ? quote + 1 : nil
    } else {
      end = bytes.endOfBareValue(position)
    }
    guard let end else {
      // A value that does not end runs into the payload's end, unless it is empty or runs into a quote that it cannot
      // have.
      var rest = position + 1
      while rest < bytes.end, !bytes.has(UInt8(ascii: "\""), at: rest) { rest += 1 }
      let isEmpty = bytes.has(UInt8(ascii: ","), at: position) || bytes.has(UInt8(ascii: "}"), at: position)
      let isCut = bytes.has(UInt8(ascii: "\""), at: position) || rest >= bytes.end && !isEmpty
      return RowRefusal(
        reason: isCut ? .truncated : .badValue, column: column, offset: isCut ? bytes.count : bytes.offset(position))
    }
    guard bytes.isValue(steps[column].kind, position, end) else {
      return RowRefusal(reason: .badValue, column: column, offset: bytes.offset(position))
    }
    return refusal(notNext: column + 1, at: end, in: bytes)
  }

  /// Why what is expected before `column` does not stand at a position.
  func refusal(notNext column: Int, at position: UnsafeRawPointer, in bytes: PayloadBytes) -> RowRefusal {
    let isCut: Bool
    if column < steps.count {
      let rest = UnsafeRawBufferPointer(start: position, count: bytes.end - position)
      isCut = rest.count < expected[column].count && expected[column].starts(with: rest)
    } else {
      isCut = position == bytes.end
      if bytes.has(UInt8(ascii: "}"), at: position) {
        return RowRefusal(reason: .trailingBytes, column: column, offset: bytes.offset(position) + 1)
      }
    }
    return RowRefusal(
      reason: isCut ? .truncated : .columnMismatch, column: column,
      offset: isCut ? bytes.count : bytes.offset(position))
  }
}
