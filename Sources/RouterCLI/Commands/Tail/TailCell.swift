internal import MetricRouter
internal import Tailing

/// A value to print.
struct TailCell {
  let bytes: [UInt8]
  /// Whether it stands to the right in a table.
  let isNumber: Bool

  /// Whether it stands in quotes in the row.
  let isString: Bool

  static let empty = TailCell(bytes: [], isNumber: false)

  init(bytes: [UInt8], isNumber: Bool) {
    self.bytes = bytes
    self.isNumber = isNumber
    isString = !isNumber
  }

  init(_ row: RowColumns, _ column: RowColumns.Column) {
    bytes = Array(row.value(column))
    isString = column.isString
    isNumber = !column.isString && bytes.first != UInt8(ascii: "[")
  }
}
