/// What an input topic's name says about its rows.
public enum TopicReading: Sendable, Hashable {
  /// The name does not fit the pattern; it says nothing.
  case unmatched
  /// The name fits, but leaves open which row schema it is. All its rows are dead letters.
  case refused(DeadLetterReason, detail: String)
  /// The row schema; whose rows these are, the pattern leaves to their columns.
  case schema(Name)
  /// The row schema, and whose rows these are, or why the name does not say so (the columns may still).
  /// - Parameters:
  ///   - schema: the schema as the topic's name has it: see `TopicIdentity.inTopic(_:)`.
  ///   - producer: the producer's name as far as the topic has it, for `Identity`.
  case read(schema: Name, producer: Name, Identification)
}
