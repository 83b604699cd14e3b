/// How far the reading and sending of dead letters is.
public struct RedriveProgress: Sendable, Equatable {
  /// What is being done.
  public enum Phase: Sendable, Equatable {
    /// Reading which dead letters were resent before.
    case sentLetters
    /// The dead letters are read and counted.
    case deadLetters
    /// The rows are sent.
    case sending
  }

  /// What is being done.
  public var phase: Phase
  /// Offsets read in this phase.
  public var done: Int64
  /// Offsets to read in this phase.
  public var total: Int64
}
