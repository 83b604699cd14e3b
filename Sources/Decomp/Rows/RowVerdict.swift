/// What the decoder says about a payload.
public enum RowVerdict: Sendable, Hashable {
  /// It is a row of the schema, and there is one way to read it.
  case row(DecodedRow)
  /// It is not, or more than one way to read it exists.
  ///
  /// The row belongs among the dead letters.
  case refused(RowRefusal)
}
