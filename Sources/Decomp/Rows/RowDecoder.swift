/// Decodes the rows of one row schema: whether a payload is one, and whose.
///
/// LDMS makes a row with printf (`ldmsd_row_to_json_object`, `ldms/src/ldmsd/ldmsd_decomp.c`): `{`, then for each
/// column in order its name between quotes, a colon and the value, with commas between, then `}`. There is no white
/// space, and **nothing is escaped**: a user who chooses a string, say a job name, can choose one that looks like
/// columns. So the question is never what a JSON parser would make of the bytes, but which values LDMS can have printed
/// to get them. Such a choice of values is called a *reading*. The decoder accepts a row only if there is exactly one
/// reading; if LDMS printed the row from this row schema, that is the true one, and the identity in it cannot be
/// forged.
///
/// What counts as a reading is as wide as what LDMS can print, and wider: each value is taken by its first byte for a
/// string, an array or a number, whatever the declared type. If the true reading were left out, a forged one could be
/// the only one, even where the decomposition that the router knows and the one that LDMS runs with declare different
/// types. The declared types are checked afterwards, on the only reading.
///
/// - A string, `"` to `"`, holds any bytes but NUL, which `%s` stops at; a single byte may be any, which is `"%c"`. It
///   may end at any quote that the next column's `,"name":` follows, or at the payload's last but one byte, if `}` is
///   the last.
/// - An array, `[` to `]`, holds no quote and ends at its first `]`; so it ends in one place.
/// - A number is anything else up to the next `,` or `}`, and ends in one place.
///
/// **Fast way.** Let each string end at its first quote. If that reads the whole row and the names are *plain* (none
/// contains a quote or is a comma, and no two are the same), then it is the only reading. Proof: in that reading R,
/// every quote of the payload is one that LDMS printed around a name or a value. Suppose another reading, and let k be
/// the first column where its value ends elsewhere. Both values of k begin at the same byte; numbers and arrays end in
/// one place, so it is a string, and the other reading ends it at a later quote e. If k is the last column, both must
/// end at the last but one byte: no other reading. Otherwise e is followed by `,"B":`, where B is the name of column
/// k+1. B holds no quote, so e and the two quotes of `"B"` are neighbours in the payload, with a comma and B between
/// them. What can e and its next neighbour be in R?
/// - The end of a value and the begin of a name: then the name is B, and as names are unique, R has it right after its
///   own value of k, which ends before e. No.
/// - The two around a name: then the name is a comma. No.
/// - The two around a value: then the value is a comma, and from its end to the next quote, which begins a name, is a
///   comma, too: B is a comma. No.
/// - The end of a name and the begin of its value or of the next name: between them is no comma, but `:` and what
///   follows. No.
///
/// **Slow way.** For all other rows ``RowReadings`` follows every reading at once.
public struct RowDecoder: Sendable {
  /// The schema whose rows these are.
  public var schema: RowSchema { template.schema }
  let template: RowTemplate

  /// A decoder for the rows of a schema.
  ///
  /// A schema with a column of a type that LDMS cannot print (a list, a record) makes a decoder that refuses everything
  /// as `unprintable`: LDMS stores no such row.
  ///
  /// - Parameters:
  ///   - observed: the columns, by their position in the schema, whose values' places ``DecodedRow/observed``
  ///     is to say: each once, ``ObservedValues/limit`` at most. A column's place in this list is its slot there.
  ///   - metrics: the metrics that may hold the number of a row's Slurm job; the first of them that is not 0 does.
  public init(
    _ schema: RowSchema, observing observed: [Int] = [], jobMetrics metrics: [String] = RowSchema.standardJobMetrics
  ) {
    template = RowTemplate(schema, observing: observed, jobMetrics: metrics)
  }

  /// Decodes one payload, on any thread, without allocating, changing or keeping anything.
  public func decode(_ payload: UnsafeRawBufferPointer) -> RowVerdict {
    switch read(payload) {
    case .row(let row): .row(row)
    case .wrongType(_, let refusal), .refused(let refusal): .refused(refusal)
    }
  }

  /// Decodes one payload, on any thread, without allocating, changing or keeping anything.
  public func decode(_ payload: RawSpan) -> RowVerdict {
    payload.withUnsafeBytes { decode($0) }
  }

  /// What reading a payload comes to.
  enum Outcome {
    /// There is one reading, and its values have the declared types.
    case row(DecodedRow)
    /// There is one reading, but a value is not of its declared type.
    case wrongType(DecodedRow, RowRefusal)
    /// There is none, or more than one.
    case refused(RowRefusal)
  }

  /// Decodes like ``decode(_:)-(UnsafeRawBufferPointer)``, and separates the reading from the types.
  @inline(__always)
  func read(_ payload: UnsafeRawBufferPointer) -> Outcome {
    guard let bytes = PayloadBytes(payload) else { return .refused(RowRefusal(reason: .empty)) }
    var row = DecodedRow()
    if template.isPlain, let end = readToFirstQuotes(bytes, into: &row), end == bytes.end { return .row(row) }
    return readSlowly(bytes)
  }

  /// What the fast way cannot decide, and what is no row at all.
  @inline(never)
  private func readSlowly(_ bytes: PayloadBytes) -> Outcome {
    guard bytes.has(UInt8(ascii: "{"), at: bytes.start) else { return .refused(.notAnObject(bytes)) }
    guard !template.steps.isEmpty else { return .refused(RowRefusal(reason: .columnMismatch)) }
    if let column = template.firstUnprintable { return .refused(RowRefusal(reason: .unprintable, column: column)) }
    var readings = RowReadings(bytes, template)
    return readings.outcome()
  }
}
