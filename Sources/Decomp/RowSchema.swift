/// The name and the ordered columns of one kind of row; for `store_kafka` the name is also the topic.
public struct RowSchema: Sendable, Hashable {
  /// `schema` of the decomposition, verbatim: LDMS checks nothing about it.
  public var name: String
  /// The columns in the order in which LDMS prints them.
  ///
  /// Never empty.
  public var columns: [Column]

  /// A row schema with these columns.
  public init(name: String, columns: [Column]) {
    self.name = name
    self.columns = columns
  }

  /// The metric that holds the number of a row's Slurm job where nothing else is said.
  public static let standardJobMetrics = ["job_id"]

  /// The position of the first column with this role.
  public func index(of role: IdentityRole) -> Int? {
    columns.firstIndex { $0.identity == role }
  }

  /// Whether each row tells of one of the jobs of its node, as those of LDMS's lists of jobs do: whose a row is does not follow
  /// from it.
  public func tellsOfJobs(metrics: [String] = standardJobMetrics) -> Bool {
    columns.contains { $0.member.map(metrics.contains) == true }
  }

  /// The positions of the columns that hold the number of a row's Slurm job: of each metric the first column, in the order of
  /// the metrics.
  public func jobColumns(ofMetrics metrics: [String] = standardJobMetrics) -> [Int] {
    metrics.compactMap { metric in columns.firstIndex { $0.isJobNumber(of: metric) } }
  }

  /// The column that the job number of a row is from; where that is 0, the first of those that may hold it.
  ///
  /// - Parameter row: as a decoder for these metrics has read it.
  public func jobColumn(of row: DecodedRow, metrics: [String] = standardJobMetrics) -> Column? {
    let places = jobColumns(ofMetrics: metrics).filter { columns[$0].canHoldJob }
    let place = Int(row.jobRank.place)
    return (places.indices.contains(place) ? places[place] : places.first).map { columns[$0] }
  }
}
