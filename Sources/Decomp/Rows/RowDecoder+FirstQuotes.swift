extension RowDecoder {
  /// Reads a row with every string ending at its first quote, and says where it ended; `nil` if it cannot be read so.
  ///
  /// The end is that of the payload if nothing follows the row.
  @inline(__always)
  func readToFirstQuotes(_ bytes: PayloadBytes, into row: inout DecodedRow) -> UnsafeRawPointer? {
    let words = template.words
    var position = bytes.start
    for step in template.steps {
      let length = Int(step.length)
      guard bytes.matches(words + Int(step.firstWord), length: length, at: position) else { return nil }
      // `matches` saw `length` bytes, so the position stays in the payload; and each scan below returns one in it.
      position += length
      if step.kind == .unsigned, step.use == .none {
        guard let end = bytes.endOfUnsigned(position) else { return nil }
        position = end
      } else if step.kind == .undeclared, step.use == .none, let end = bytes.endOfShortInteger(position) {
        position = end
      } else if step.kind == .unsigned, step.use == .observed, step.otherUse == .none {
        guard let end = bytes.endOfUnsigned(position) else { return nil }
        row.observed.note(step.slot, offset: bytes.offset(position), count: end - position)
        position = end
      } else {
        guard let end = readValue(step, bytes, position, into: &row) else { return nil }
        position = end
      }
    }
    return bytes.has(UInt8(ascii: "}"), at: position) ? position + 1 : nil
  }

  /// Reads one value up to its end, and takes from it what the step is used for; `nil` if it is none of its kind, or a
  /// string with a NUL.
  @inline(__always)
  private func readValue(
    _ step: RowTemplate.Step, _ bytes: PayloadBytes, _ position: UnsafeRawPointer, into row: inout DecodedRow
  ) -> UnsafeRawPointer? {
    let end: UnsafeRawPointer?
    switch step.kind {
    case .string:
      end = endOfString(bytes, position)
    case .unsigned:
      end = bytes.endOfUnsigned(position)
    case .signed:
      end = bytes.endOfSigned(position)
    case .float:
      end = bytes.endOfFloat(position)
    case .timestamp:
      guard let scanned = bytes.timestamp(position) else { return nil }
      if step.use == .timestamp {
        row.timestamp = scanned.value
        return scanned.end
      }
      end = scanned.end
    case .char:
      // A quote as the byte is left to the slow way: the proof wants every quote to be one around a name or a value.
      guard bytes.end - position >= 3, bytes.has(UInt8(ascii: "\""), at: position),
        !bytes.has(UInt8(ascii: "\""), at: position + 1), bytes.has(UInt8(ascii: "\""), at: position + 2)
      else { return nil }
      end = position + 3
    case .unsignedArray, .signedArray, .floatArray:
      end = bytes.endOfArray(position, of: step.kind)
    case .undeclared:
      end =
        bytes.has(UInt8(ascii: "\""), at: position)
        ? endOfString(bytes, position) : bytes.endOfUndeclaredNumbers(position)
    case .unprintable:
      return nil
    }
    guard let end else { return nil }
    return row.take(step, from: bytes, position, end) ? end : nil
  }

  /// The end of a string at a position, closing quote included.
  @inline(__always)
  private func endOfString(_ bytes: PayloadBytes, _ position: UnsafeRawPointer) -> UnsafeRawPointer? {
    guard bytes.has(UInt8(ascii: "\""), at: position), let quote = bytes.endOfString(position + 1) else { return nil }
    return quote + 1
  }
}

extension DecodedRow {
  /// Takes from a value what a column is used for, and where it is if the column is observed.
  ///
  /// `false` if it is a job id above 2^64-1, which LDMS cannot print.
  @inline(__always)
  mutating func take(
    _ step: RowTemplate.Step, from bytes: PayloadBytes, _ position: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> Bool {
    guard step.use == .observed else { return take(step.use, step.jobRank, from: bytes, position, end) }
    observed.note(step.slot, offset: bytes.offset(position), count: end - position)
    return step.otherUse == .none || takeBesides(step.otherUse, step.jobRank, from: bytes, position, end)
  }

  /// Uses an observed value for what it is needed besides.
  @inline(never)
  private mutating func takeBesides(
    _ use: RowTemplate.Use, _ jobRank: UInt8, from bytes: PayloadBytes, _ position: UnsafeRawPointer,
    _ end: UnsafeRawPointer
  ) -> Bool {
    take(use, jobRank, from: bytes, position, end)
  }

  /// Takes from a value what a column is used for.
  ///
  /// `false` if it is a job id above 2^64-1, which LDMS cannot print.
  @inline(__always)
  mutating func take(
    _ use: RowTemplate.Use, _ jobRank: UInt8, from bytes: PayloadBytes, _ position: UnsafeRawPointer,
    _ end: UnsafeRawPointer
  ) -> Bool {
    switch use {
    case .none, .observed: break
    case .producer: producer = ByteRange(offset: bytes.offset(position) + 1, count: end - position - 2)
    case .instance: instance = ByteRange(offset: bytes.offset(position) + 1, count: end - position - 2)
    case .job:
      guard let number = bytes.unsignedValue(position, end) else { return bytes.endOfDigits(position) != end }
      // 0 is no job: another column may know one.
      let place = number == 0 ? UInt8.max : jobRank
      if job == nil || place < self.jobRank.place { (job, self.jobRank.place) = (number, place) }
    case .component:
      component = bytes.unsignedValue(position, end)
    case .timestamp:
      guard let scanned = bytes.timestamp(position), scanned.end == end else { return false }
      timestamp = scanned.value
    }
    return true
  }
}
