/// The parts of a decoded row that identify its owner and its time.
///
/// A small plain value: no reference to the payload.
public struct DecodedRow: Sendable, Hashable {
  /// The value of the first column with the role `producer`, without its quotes; `nil` where the row schema has none.
  ///
  /// Hostile input: it may be empty, and may hold any byte but NUL.
  public var producer: ByteRange?
  /// The value of the first column with the role `instance`, without its quotes; `nil` where the row schema has none.
  public var instance: ByteRange?
  /// The number of the row's Slurm job: of the columns that may hold it, the first that is not 0. 0 means that the sampler
  /// knew of none.
  ///
  /// `nil` where the row schema has no such column, where its value is not an unsigned integer (an array, as `mt-slurm`
  /// has; a string; negative), or where its declared type is too narrow to hold a job id undamaged.
  public var job: UInt64?
  /// The value of the first column that LDMS takes from `component_id`: the node's number at its site.
  ///
  /// `nil` where the row schema has no such column, its value is not an unsigned integer, or it holds job numbers.
  public var component: UInt64?
  /// The value of the first column that LDMS takes from `timestamp`; `nil` where the row schema has none.
  public var timestamp: RowTimestamp?
  /// Whether no other row schema of a ``RowDecoderSet`` reads the row.
  ///
  /// Where others do, they say the same about whose row it is; what else its columns mean depends on the row schema, and nobody
  /// knows which one LDMS printed it from.
  public var isOfOneSchema = true
  /// The column of `job` among those that may hold it. Rows are equal whichever it was. It is here because it makes a row no
  /// larger.
  var jobRank = JobRank()
  /// The row schema of the row: its position in ``RowDecoderSet``, 0 for a single decoder.
  public var variant: Int
  /// The ranges of the observed values.
  ///
  /// Rows of an `as_is` decomposition have none.
  public var observed = ObservedValues()

  /// The place of a column among those that may hold the number of a row's job.
  struct JobRank: Sendable, Hashable {
    /// The largest number where no column has said one.
    var place = UInt8.max

    static func == (one: JobRank, other: JobRank) -> Bool { true }
    func hash(into hasher: inout Hasher) {}
  }

  /// A row of which nothing is known yet.
  public init(
    producer: ByteRange? = nil, instance: ByteRange? = nil, job: UInt64? = nil, component: UInt64? = nil,
    timestamp: RowTimestamp? = nil,
    variant: Int = 0
  ) {
    self.producer = producer
    self.instance = instance
    self.job = job
    self.component = component
    self.timestamp = timestamp
    self.variant = variant
  }
}
