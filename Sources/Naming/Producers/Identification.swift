/// The owner of a producer, or why there is none.
///
/// A value, so that it can be kept for the producer's next row.
public enum Identification: Sendable, Hashable {
  /// The name has exactly one reading.
  case identity(ProducerReading)
  /// The name is a node's, as LDMS's own `producer=${HOSTNAME}` gives it: the job identifies the owner of the row.
  /// - Parameter node: the name as the producer has it; the list of nodes may have its short or its full form.
  case host(Name)
  /// The rows of this producer are dead letters.
  /// - Parameters:
  ///   - reason: the `reason` header.
  ///   - detail: the `detail` header: what is wrong with this name, safe to print.
  case refused(DeadLetterReason, detail: String)
}
