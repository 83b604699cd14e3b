/// One line of a recording's `timeline.tsv`: what happened to jobs at that moment.
public struct TimelineEntry: Sendable, Hashable {
  /// A job that starts or ends.
  public struct Job: Sendable, Hashable {
    /// Slurm's number of the job.
    public let id: String
    /// The user of the job.
    public let user: String
    /// The nodes it runs on, as Slurm writes a list of hosts: `c[1-2]`.
    public let nodes: String

    /// A job of that user on those nodes.
    public init(id: String, user: String, nodes: String) {
      self.id = id
      self.user = user
      self.nodes = nodes
    }
  }

  /// What happened.
  public enum Change: Sendable, Hashable {
    /// The jobs start: their samplers are up from about now.
    case start([Job])
    /// The jobs end: their samplers stop.
    case end([Job])
    /// The recording ends; no row comes after.
    case finish
  }

  /// When, in milliseconds since 1970.
  public let timestamp: Int64
  /// What.
  public let change: Change

  /// A change at that time.
  public init(timestamp: Int64, change: Change) {
    self.timestamp = timestamp
    self.change = change
  }
}
