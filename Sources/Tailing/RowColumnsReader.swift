/// Goes through a row column by column, for `RowColumns`.
struct RowColumnsReader {
  private let bytes: [UInt8]
  private var position: Int
  /// The last place where a name ends (`":` with a value behind), or -1: a search that begins behind it finds nothing.
  private let lastNameEnd: Int

  private static let quote = UInt8(ascii: "\"")

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
    lastNameEnd = bytes.indices.last { RowColumnsReader.isNameEnd($0, in: bytes) } ?? -1
  }

  /// Whether `readAll` came to the row's closing brace.
  private(set) var isAtEnd = false

  /// Reads the columns up to the end, or up to where the bytes are no longer a row.
  mutating func readAll() -> [RowColumns.Column] {
    guard bytes.first == UInt8(ascii: "{") else { return [] }
    position = 1
    var columns: [RowColumns.Column] = []
    isAtEnd = isEnd(position)
    while !isAtEnd, let column = readColumn() {
      columns.append(column)
      isAtEnd = isEnd(position)
      // `readColumn` ends only at the row's end or before a comma and a quote.
      position += 1
    }
    return columns
  }

  /// The column whose opening quote is at the position.
  mutating func readColumn() -> RowColumns.Column? {
    guard position < bytes.count, bytes[position] == Self.quote else { return nil }
    let nameStart = position + 1
    guard nameStart <= lastNameEnd,
      let nameEnd = (nameStart...lastNameEnd).first(where: { Self.isNameEnd($0, in: bytes) })
    else { return nil }
    let valueStart = nameEnd + 2
    let isString = bytes[valueStart] == Self.quote
    let value: Range<Int>
    if isString {
      guard let end = (valueStart + 1..<bytes.count).first(where: { isStringEnd($0) }) else { return nil }
      value = valueStart + 1..<end
      position = end + 1
    } else {
      let isArray = bytes[valueStart] == UInt8(ascii: "[")
      guard let end = (valueStart..<bytes.count).first(where: { isBareEnd($0, isArray: isArray) }) else { return nil }
      position = isArray ? end + 1 : end
      value = valueStart..<position
      guard isEnd(position) || isNext(position) else { return nil }
    }
    return RowColumns.Column(name: nameStart..<nameEnd, value: value, isString: isString)
  }

  /// Whether the row's closing brace is here.
  private func isEnd(_ index: Int) -> Bool { index == bytes.count - 1 && bytes[index] == UInt8(ascii: "}") }

  /// Whether another column begins behind the comma here.
  private func isNext(_ index: Int) -> Bool {
    index + 2 <= lastNameEnd && bytes[index] == UInt8(ascii: ",") && bytes[index + 1] == Self.quote
  }

  private func isStringEnd(_ index: Int) -> Bool {
    bytes[index] == Self.quote && (isEnd(index + 1) || isNext(index + 1))
  }

  private func isBareEnd(_ index: Int, isArray: Bool) -> Bool {
    let byte = bytes[index]
    return isArray ? byte == UInt8(ascii: "]") : byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
  }

  private static func isNameEnd(_ index: Int, in bytes: [UInt8]) -> Bool {
    guard index + 2 < bytes.count, bytes[index] == quote, bytes[index + 1] == UInt8(ascii: ":") else { return false }
    switch Unicode.Scalar(bytes[index + 2]) {
    // A string, an array, a number; nan and inf.
    case "\"", "[", "-", "0"..."9", "n", "i": return true
    default: return false
    }
  }
}
