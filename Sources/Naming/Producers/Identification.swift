/// Whose a producer is, or why that cannot be said.
///
/// A value, so that it can be kept for the producer's next row.
public enum Identification: Sendable, Hashable {
  /// There is exactly one way to read the name.
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
