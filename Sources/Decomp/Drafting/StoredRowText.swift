/// Takes rows of an `as_is` decomposition apart, as far as their bytes allow.
///
/// LDMS escapes nothing: a text may look like columns. Where the names of the columns are known, ``RowDecoder`` decides;
/// this is how they become known in the first place, from the names that most rows of a topic agree on.
enum StoredRowText {
  /// What each row begins with.
  static let beginning = Array("{\"timestamp\":".utf8)

  /// A column of a row, by its place in the bytes.
  struct Column {
    var name: Range<Int>
    /// A text with its quotes.
    var value: Range<Int>
  }

  /// The ranges of at most `limit` rows in a file. Each row starts on a line that begins like a row and ends before the next such
  /// line, so that a text may contain newlines.
  static func rows(in bytes: [UInt8], limit: Int) -> [Range<Int>] {
    var rows: [Range<Int>] = []
    var start: Int?
    var line = 0
    while line < bytes.count, rows.count < limit {
      if bytes[line...].starts(with: beginning) {
        if let start { rows.append(trimmed(start..<line, in: bytes)) }
        start = line
      }
      line = (bytes[line...].firstIndex(of: newline) ?? bytes.count - 1) + 1
    }
    if let start, rows.count < limit { rows.append(trimmed(start..<bytes.count, in: bytes)) }
    return rows
  }

  private static let newline = UInt8(ascii: "\n")
  private static let quote = UInt8(ascii: "\"")

  /// The range without the newlines after the row, which belong to the file.
  private static func trimmed(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, bytes[end - 1] == newline || bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return range.lowerBound..<end
  }

  /// The columns of a row, each text taken up to the first quote that a column or the row's end follows; `nil` where the
  /// bytes are no such row.
  static func columns(of row: Range<Int>, in bytes: [UInt8]) -> [Column]? {
    guard row.count >= 2, bytes[row.lowerBound] == UInt8(ascii: "{"), bytes[row.upperBound - 1] == UInt8(ascii: "}")
    else { return nil }
    let last = row.upperBound - 1
    var columns: [Column] = []
    var position = row.lowerBound + 1
    while true {
      guard position < last, bytes[position] == quote,
        let nameEnd = firstIndex(in: position + 1..<last, where: { bytes[$0] == quote && bytes[$0 + 1] == colon })
      else { return nil }
      let value = nameEnd + 2
      guard value < last, let end = valueEnd(value, last, in: bytes), end > value else { return nil }
      columns.append(Column(name: position + 1..<nameEnd, value: value..<end))
      if end == last { return columns }
      guard bytes[end] == comma else { return nil }
      position = end + 1
    }
  }

  private static let colon = UInt8(ascii: ":")
  private static let comma = UInt8(ascii: ",")

  private static func valueEnd(_ start: Int, _ last: Int, in bytes: [UInt8]) -> Int? {
    switch bytes[start] {
    case quote:
      let closing = firstIndex(in: start + 1..<last) { index in
        bytes[index] == quote
          && (index + 1 == last || bytes[index + 1] == comma && index + 2 < last && bytes[index + 2] == quote)
      }
      return closing.map { $0 + 1 }
    case UInt8(ascii: "["):
      return firstIndex(in: start..<last) { bytes[$0] == UInt8(ascii: "]") }.map { $0 + 1 }
    default:
      let end = firstIndex(in: start..<last) { bytes[$0] == comma } ?? last
      return bytes[start..<end].contains(quote) ? nil : end
    }
  }

  private static func firstIndex(in range: Range<Int>, where isIt: (Int) -> Bool) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
      if isIt(index) { return index }
      index += 1
    }
    return nil
  }
}
