public import Naming

/// The columns of a row, read without a decomposition: as well as that can be done.
///
/// LDMS escapes nothing (`ldmsd_decomp.c`), so a string may hold what looks like the next column. The router decodes rows
/// by their row schema; this reader serves people who look at rows that were routed, and says where it is in doubt. A string
/// ends at the first quote that another column, or the row's end, follows.
public struct RowColumns: Sendable {
  /// A column as it stands in the row.
  public struct Column: Sendable, Hashable {
    /// The range of the name, without quotes.
    public var name: Range<Int>
    /// The range of the value, without the quotes of a string.
    public var value: Range<Int>
    /// Whether the value stands in quotes.
    public var isString: Bool
  }

  /// What a name leads to.
  public enum Found: Sendable, Hashable {
    /// One column.
    case column(Column)
    /// The name stands nowhere.
    case missing
    /// The name stands there more than once: as two columns, or as a column and within a string.
    case ambiguous
  }

  /// The row's bytes.
  public let bytes: [UInt8]
  /// The columns in their order.
  public let columns: [Column]
  /// Whether the row was understood to its end.
  public let isComplete: Bool

  /// Reads a row. Any bytes may be given.
  public init(_ row: some Sequence<UInt8>) {
    let bytes = Array(row)
    var reader = RowColumnsReader(bytes)
    columns = reader.readAll()
    isComplete = reader.isAtEnd
    self.bytes = bytes
  }

  /// The names of the columns in their order.
  public var names: [Name] { columns.map { Name(bytes[$0.name]) } }

  /// The bytes of a column's value.
  public func value(_ column: Column) -> ArraySlice<UInt8> { bytes[column.value] }

  /// The column of this name.
  public func find(_ name: Name) -> Found {
    let sought = [UInt8(ascii: "\"")] + name.bytes + [UInt8(ascii: "\""), UInt8(ascii: ":")]
    var places = 0
    var only = 0
    var position = 1
    while position + sought.count < bytes.count {
      let before = bytes[position - 1]
      let mayBegin = before == UInt8(ascii: ",") || (before == UInt8(ascii: "{") && position == 1)
      if mayBegin, bytes[position] == sought[0], bytes[position..<(position + sought.count)].elementsEqual(sought) {
        places += 1
        only = position + 1
      }
      position += 1
    }
    guard places > 0 else { return .missing }
    guard places == 1 else { return .ambiguous }
    if let column = columns.first(where: { $0.name.lowerBound == only && $0.name.count == name.bytes.count }) {
      return .column(column)
    }
    // Behind what could not be understood it may be a column all the same; within a string it is none.
    guard !isComplete, only > (columns.last?.value.upperBound ?? 0) else { return .missing }
    var reader = RowColumnsReader(bytes, at: only - 1)
    return reader.readColumn().map { .column($0) } ?? .missing
  }

  /// The value of a column that occurs once.
  public func value(of name: Name) -> ArraySlice<UInt8>? {
    guard case .column(let column) = find(name) else { return nil }
    return value(column)
  }
}
