/// How far an audit is.
public struct AuditProgress: Sendable, Equatable {
  /// What the audit is doing.
  public enum Phase: Sendable, Equatable {
    /// The audit reads the rows of the input topics.
    case inputs
    /// The audit waits for an open transaction to end.
    case transactions
    /// The audit looks for the copies.
    case outputs
  }

  /// What it does.
  public var phase: Phase
  /// Offsets read.
  public var done: Int64
  /// Offsets to read in this phase.
  public var total: Int64
}
