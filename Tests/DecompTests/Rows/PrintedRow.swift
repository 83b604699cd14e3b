import Decomp

/// A row as LDMS prints it: nothing escaped.
struct PrintedRow {
  /// What one column holds.
  enum Value {
    /// `"%s"`.
    case string([UInt8])
    /// `"%c"`.
    case char(UInt8)
    /// Any of the number formats, arrays too, as text.
    case bare(String)

    static func string(_ text: String) -> Value { .string(Array(text.utf8)) }

    var printed: [UInt8] {
      switch self {
      case .string(let bytes): [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
      case .char(let byte): [UInt8(ascii: "\""), byte, UInt8(ascii: "\"")]
      case .bare(let text): Array(text.utf8)
      }
    }
  }

  let payload: [UInt8]
  /// Where each value stands, quotes included.
  let ranges: [Range<Int>]

  init(_ schema: RowSchema, _ values: [Value]) {
    var payload = [UInt8(ascii: "{")]
    var ranges: [Range<Int>] = []
    for (index, (column, value)) in zip(schema.columns, values).enumerated() {
      if index > 0 { payload.append(UInt8(ascii: ",")) }
      payload += Array("\"\(column.name)\":".utf8)
      let start = payload.count
      payload += value.printed
      ranges.append(start..<payload.count)
    }
    self.payload = payload + [UInt8(ascii: "}")]
    self.ranges = ranges
  }
}

extension RowDecoder {
  func decode(_ payload: [UInt8]) -> RowVerdict { payload.withUnsafeBytes { decode($0) } }
}

extension RowDecoderSet {
  func decode(_ payload: [UInt8]) -> RowVerdict { payload.withUnsafeBytes { decode($0) } }
}

extension UndeclaredRowDecoder {
  func decode(_ payload: [UInt8]) -> RowVerdict { payload.withUnsafeBytes { decode($0) } }
}

extension RowVerdict {
  /// The row, if it is one.
  var row: DecodedRow? { if case .row(let row) = self { row } else { nil } }
  /// The reason of the refusal, if it is one.
  var reason: RowRefusal.Reason? { if case .refused(let refusal) = self { refusal.reason } else { nil } }
}
