/// Why a payload was refused as a row, and where.
public struct RowRefusal: Error, Sendable, Hashable {
  /// The kinds of refusal.
  ///
  /// The raw values are what the dead letters' `reason` header says; they stay as they are.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// The payload is empty.
    case empty = "empty-row"
    /// Avro with a schema registry's header (a zero byte and a four-byte schema id), as `store_avro_kafka` writes it
    /// with `encoding=avro`.
    case avro = "avro-row"
    /// The payload does not begin with `{`.
    case notAnObject = "not-an-object"
    /// Something else stands where the next declared column, or the end, should be: a column is missing, not declared,
    /// twice or out of order.
    case columnMismatch = "column-mismatch"
    /// What stands where a value should be is nothing that LDMS prints for the column's type.
    case badValue = "bad-value"
    /// The payload ends inside the row.
    case truncated = "truncated-row"
    /// The row is complete and bytes follow.
    case trailingBytes = "trailing-bytes"
    /// The row can be read in more than one way, because the text of a string looks like columns.
    case ambiguous = "ambiguous-row"
    /// Too many strings could end in too many places, so the decoder gave up.
    case tooDoubtful = "too-doubtful-row"
    /// The row schema has a column of a type that LDMS cannot print, so no row of it exists.
    case unprintable = "unprintable-type"
  }

  /// What is wrong.
  public var reason: Reason
  /// The position of the column in question in the row schema, from 0; the number of columns where the row's end is in
  /// question.
  public var column: Int
  /// The offset in the payload at which it was noticed.
  public var offset: Int
  /// The row schema that the row was read with: its position in ``RowDecoderSet``, 0 for a single decoder.
  public var variant: Int

  /// A refusal.
  public init(reason: Reason, column: Int = 0, offset: Int = 0, variant: Int = 0) {
    self.reason = reason
    self.column = column
    self.offset = offset
    self.variant = variant
  }
}

extension RowRefusal {
  /// The refusal of a payload that does not begin with `{`, told apart by a schema registry's header: a zero byte and
  /// four more.
  static func notAnObject(_ bytes: PayloadBytes) -> RowRefusal {
    RowRefusal(reason: bytes.has(0, at: bytes.start) && bytes.count >= 5 ? .avro : .notAnObject)
  }
}
