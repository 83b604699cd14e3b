/// The owner of a row: user, job and node.
///
/// A job belongs to its user: what is kept for a job is kept for (user, job).
public struct Identity: Sendable, Hashable {
  /// The Unix user.
  public let user: Name
  /// The job's id or, where there is none, the producer name.
  public let job: Name
  /// The node.
  public let node: Name
  /// The source of `job`.
  public let jobSource: JobSource
  /// Whether the row names its user. A row whose user the index found by its job number proves nothing about that number.
  public let isNamed: Bool

  /// The owner of a row whose job the index knows.
  ///
  /// - Parameter job: the row's `job_id`.
  package init(user: Name, job: UInt64, node: Name) {
    self.user = user
    self.job = Name(String(job))
    self.node = node
    jobSource = .column
    isNamed = false
  }

  /// Combines the reading of the producer's name with the columns of the row.
  ///
  /// The column comes second, because on a node with several jobs LDMS fills it with the id of the last one. 0 means no job in
  /// both, as in LDMS.
  ///
  /// - Parameters:
  ///   - reading: what the producer's name says.
  ///   - producer: the producer's name.
  ///   - jobID: the row's `job_id` column, where its row schema has one.
  public init(_ reading: ProducerReading, producer: Name, jobID: UInt64?) {
    user = reading.user
    node = reading.node
    isNamed = true
    if let job = reading.job, job.bytes != [UInt8(ascii: "0")] {
      self.job = job
      jobSource = .template
    } else if let jobID, jobID != 0 {
      job = Name(String(jobID))
      jobSource = .column
    } else {
      job = producer
      jobSource = .producer
    }
  }
}
