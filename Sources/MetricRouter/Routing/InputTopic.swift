public import Decomp
public import Naming

/// How the rows of one input topic are read.
public struct InputTopic: Sendable {
  /// What its rows look like.
  public enum Rows: Sendable {
    /// They are rows of these row schemas, or of `as_is` decompositions.
    case decoded(RowDecoderSet)
    /// They cannot be read at all.
    case refused(DeadLetterReason, String)
  }

  /// Whether the topic's name says whose they are.
  public enum Owner: Sendable {
    /// It does not.
    case none
    /// It names this producer, which reads so.
    case topic(Name, Identification)
  }

  /// The topic's name.
  public let name: String
  /// The name of its row schema; where that is not known, its own.
  public let schema: String
  /// What its rows look like.
  public let rows: Rows
  /// Which values of its rows the index of jobs keeps.
  public let columns: JobColumns
  /// Whether they have any.
  let hasValues: Bool
  /// How the rows of LDMS's Slurm samplers are read, if they are such rows.
  let slurm: SlurmRowReader?
  /// Whether its name says whose they are.
  public let owner: Owner
}
