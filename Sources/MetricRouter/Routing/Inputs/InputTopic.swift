public import Decomp
public import Jobs
public import Naming

/// How the rows of one input topic are read.
public struct InputTopic: Sendable {
  /// One of the row schemas whose rows come on the topic.
  public struct RowKind: Sendable {
    /// The row schema's name.
    public let schema: String
    /// How the rows are read if they are those of LDMS's Slurm samplers.
    let slurm: SlurmRowReader?
    /// Whether each row tells of one of its node's jobs: whose the row is does not follow from its node.
    var tellsOfJobs = false
    /// How the rows say whose jobs are, where they are an authority (`identity.owners`).
    var owners: OwnerRowReader?
  }

  /// What its rows look like.
  public enum Rows: Sendable {
    /// They are rows of these row schemas, or of `as_is` decompositions.
    case decoded(RowDecoderSet)
    /// They are rows of any input that wait until it is known whose job they are of.
    case waiting
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
  /// The row schemas whose rows it may carry, in the order that ``DecodedRow/variant`` counts; none where its rows cannot be read.
  public let kinds: [RowKind]
  /// Whether it carries the rows of all row schemas, because its name is none's.
  public let carriesAllSchemas: Bool
  /// What its rows look like.
  public let rows: Rows
  /// Which values of its rows the index of jobs keeps.
  public let columns: JobColumns
  /// Whether they have any.
  let hasValues: Bool
  /// Whether any of its rows say whose jobs are.
  let hasOwners: Bool
  /// Whether its name says whose they are.
  public let owner: Owner

  /// Whether a row tells of one of its node's jobs.
  package func tellsOfJobs(_ row: DecodedRow) -> Bool { row.variant < kinds.count && kinds[row.variant].tellsOfJobs }
}
