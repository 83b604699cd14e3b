public import Decomp

/// Puts other times into recorded rows, so that a recording can be played as if it were now. Every other byte stays.
public struct RowTimeShift: Sendable {
  /// The decoders of each topic's row schemas, observing the column with the time.
  private let decoders: [String: [RowDecoder]]

  /// The beginning of `as_is` rows, which have their time first.
  private static let asIsBeginning = Array("{\"timestamp\":".utf8)

  /// A shift of rows that this decomposition stored.
  public init(_ decomposition: Decomposition) {
    var decoders: [String: [RowDecoder]] = [:]
    for schema in decomposition.rowSchemas {
      guard let column = schema.columns.firstIndex(where: { $0.source == "timestamp" }) else { continue }
      decoders[schema.name, default: []].append(RowDecoder(schema, observing: [column]))
    }
    self.decoders = decoders
  }

  /// The row with its time put off; as it is where it has none.
  public func payload(of row: RecordedRow, shiftedBy milliseconds: Int64) -> [UInt8] {
    guard let range = time(in: row) else { return row.payload }
    guard let time = Self.shifted(row.payload[range.offset..<range.end], by: milliseconds) else { return row.payload }
    return Array(row.payload[..<range.offset]) + time + row.payload[range.end...]
  }

  private func time(in row: RecordedRow) -> ByteRange? {
    guard let decoders = decoders[row.topic] else {
      guard row.payload.starts(with: Self.asIsBeginning) else { return nil }
      let start = Self.asIsBeginning.count
      let isTime = { (byte: UInt8) in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".")
      }
      return ByteRange(offset: start, count: row.payload[start...].prefix(while: isTime).count)
    }
    return row.payload.withUnsafeBytes { payload in
      for decoder in decoders {
        if case .row(let decoded) = decoder.decode(payload) { return decoded.observed[0] }
      }
      return nil
    }
  }

  /// A time as LDMS prints it, seconds and six digits of microseconds; `nil` for what is none.
  private static func shifted(_ text: ArraySlice<UInt8>, by milliseconds: Int64) -> [UInt8]? {
    let parts = String(decoding: text, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let seconds = UInt32(parts[0]), parts[1].utf8.count == 6, let fraction = UInt32(parts[1])
    else { return nil }
    // A set that was never sampled says 0.
    guard seconds > 0 else { return nil }
    let microseconds = Int64(seconds) * 1_000_000 + Int64(fraction) + milliseconds * 1000
    guard microseconds > 0 else { return nil }
    let digits = String(microseconds % 1_000_000)
    return Array("\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - digits.utf8.count))\(digits)".utf8)
  }
}
