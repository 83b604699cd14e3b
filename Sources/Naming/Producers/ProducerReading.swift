/// What a producer's name says: whose sampler it is, and where it runs.
public struct ProducerReading: Sendable, Hashable {
  /// The Unix user.
  public var user: Name
  /// The job, where the template has `{job}`.
  ///
  /// Digits without leading zeros.
  public var job: Name?
  /// The node.
  public var node: Name

  /// A reading with these fields.
  public init(user: Name, job: Name? = nil, node: Name) {
    self.user = user
    self.job = job
    self.node = node
  }
}
