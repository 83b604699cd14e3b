internal import Glibc

/// The columns of a row, found in place and without a decomposition: what `RowColumns` of `router tail` finds, without an
/// allocation for each row.
///
/// LDMS escapes nothing, so a string may hold what looks like the next column: it ends at the first quote that another
/// column, or the row's end, follows. Keep one and read row after row with it.
public struct RowScan {
  /// A column as it stands in the row.
  public struct Column: Equatable {
    /// What a value is.
    public enum Kind: Equatable {
      /// The value stood in quotes.
      case string
      /// A number, `nan` or `inf`.
      case number
      /// An array of so many elements; an empty one counts as one empty element.
      case array(Int32)
    }

    /// Where its name is, without quotes.
    public var name: Range<Int>
    /// Where its value is, without quotes or brackets.
    public var value: Range<Int>
    /// What the value is.
    public var kind: Kind
  }

  /// The columns of the last row, in their order.
  public private(set) var columns: ContiguousArray<Column> = []

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")

  /// No row has been read.
  public init() {}

  /// Reads a row; any bytes may be given.
  ///
  /// - Returns: whether it was understood to its end. If not, only the first of its columns are known.
  public mutating func read(_ row: UnsafeRawBufferPointer) -> Bool {
    columns.removeAll(keepingCapacity: true)
    guard let base = row.baseAddress, row.count >= 2, row[0] == UInt8(ascii: "{") else { return false }
    let last = row.count - 1
    guard row[last] == UInt8(ascii: "}") else { return false }
    if last == 1 { return true }
    guard let lastNameEnd = Self.lastNameEnd(row) else { return false }
    /// The next quote at or behind an index.
    func nextQuote(_ index: Int) -> Int? {
      guard index < row.count, let found = memchr(base + index, Int32(Self.quote), row.count - index) else {
        return nil
      }
      return base.distance(to: UnsafeRawPointer(found))
    }
    /// Whether another column begins behind the comma here.
    func isNext(_ index: Int) -> Bool {
      index + 2 <= lastNameEnd && row[index] == Self.comma && row[index + 1] == Self.quote
    }
    var position = 1
    while position < last {
      guard row[position] == Self.quote else { return false }
      let nameStart = position + 1
      var nameEnd = nextQuote(nameStart)
      while let end = nameEnd, !Self.isNameEnd(end, in: row) { nameEnd = nextQuote(end + 1) }
      guard let nameEnd else { return false }
      let start = nameEnd + 2
      let column: Column
      if row[start] == Self.quote {
        var end = nextQuote(start + 1)
        while let found = end, found + 1 != last, !isNext(found + 1) { end = nextQuote(found + 1) }
        guard let end else { return false }
        column = Column(name: nameStart..<nameEnd, value: start + 1..<end, kind: .string)
        position = end + 1
      } else if row[start] == UInt8(ascii: "[") {
        var end = start + 1
        var elements: Int32 = 1
        while end < row.count, row[end] != UInt8(ascii: "]") {
          if row[end] == Self.comma { elements += 1 }
          end += 1
        }
        guard end < row.count else { return false }
        column = Column(name: nameStart..<nameEnd, value: start + 1..<end, kind: .array(elements))
        position = end + 1
      } else {
        var end = start
        while row[end] != Self.comma, row[end] != UInt8(ascii: "}") { end += 1 }
        column = Column(name: nameStart..<nameEnd, value: start..<end, kind: .number)
        position = end
      }
      guard position == last || isNext(position) else { return false }
      columns.append(column)
      // At the row's end, or behind the comma before the next name.
      position += 1
    }
    return true
  }

  /// The last place where a name ends: a search that begins behind it finds nothing.
  private static func lastNameEnd(_ row: UnsafeRawBufferPointer) -> Int? {
    var index = row.count - 3
    while index > 0 {
      if isNameEnd(index, in: row) { return index }
      index -= 1
    }
    return nil
  }

  private static func isNameEnd(_ index: Int, in row: UnsafeRawBufferPointer) -> Bool {
    guard index + 2 < row.count, row[index] == quote, row[index + 1] == UInt8(ascii: ":") else { return false }
    switch row[index + 2] {
    // A string, an array, a number; nan and inf.
    case UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "n"), UInt8(ascii: "i"):
      return true
    default: return false
    }
  }
}
