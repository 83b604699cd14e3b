public import Decomp
public import Jobs
public import Naming

/// How the rows of one input topic are read.
public struct InputTopic: Sendable {
  /// One of the row schemas of the topic.
  public struct RowKind: Sendable {
    /// The row schema's name.
    public let schema: String
    /// How the rows are read if they are those of LDMS's Slurm samplers.
    let slurm: SlurmRowReader?
    /// Whether each row describes one of its node's jobs, so that the node does not determine its owner.
    var tellsOfJobs = false
    /// The reader of owners, if the rows are an authority (`identity.owners`).
    var owners: OwnerRowReader?
  }

  /// What its rows look like.
  public enum Rows: Sendable {
    /// The topic holds rows of these row schemas, or of `as_is` decompositions.
    case decoded(RowDecoderSet)
    /// The topic holds rows of any input that wait for the owner of their job.
    case waiting
    /// The rows of the topic cannot be read at all.
    case refused(DeadLetterReason, String)
  }

  /// The owner of the rows, as far as the name of the topic identifies one.
  public enum Owner: Sendable {
    /// The name of the topic identifies no owner.
    case none
    /// The name of the topic has this producer, with this reading.
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
  /// The values of the rows that the job index keeps.
  public let columns: JobColumns
  /// Whether they have any.
  let hasValues: Bool
  /// Whether any rows of the topic name owners of jobs.
  let hasOwners: Bool
  /// The owner of the rows, as far as the name of the topic identifies one.
  public let owner: Owner

  /// Whether a row describes one of its node's jobs.
  package func tellsOfJobs(_ row: DecodedRow) -> Bool { row.variant < kinds.count && kinds[row.variant].tellsOfJobs }
}
