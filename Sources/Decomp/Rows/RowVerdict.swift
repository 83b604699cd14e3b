/// What the decoder says about a payload.
public enum RowVerdict: Sendable, Hashable {
  /// The payload is a row of the schema, and there is one way to read it.
  case row(DecodedRow)
  /// The payload is not a row of the schema, or there are several ways to read it.
  ///
  /// The row belongs in the dead-letter topic.
  case refused(RowRefusal)
}
