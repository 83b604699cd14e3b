/// How far an audit is.
public struct AuditProgress: Sendable, Equatable {
  /// What it does.
  public enum Phase: Sendable, Equatable {
    /// It reads the rows of the input topics.
    case inputs
    /// It waits for an open transaction to end.
    case transactions
    /// It looks for the copies.
    case outputs
  }

  /// What it does.
  public var phase: Phase
  /// Offsets read.
  public var done: Int64
  /// Offsets to read in this phase.
  public var total: Int64
}
