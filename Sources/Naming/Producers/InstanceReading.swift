/// What the name of a metric set says.
public struct InstanceReading: Sendable, Hashable {
  /// The node, where the template has `{node}`.
  public var node: Name?
  /// The job's number, at least 1.
  public var job: UInt64

  /// A reading with these fields.
  public init(node: Name?, job: UInt64) {
    self.node = node
    self.job = job
  }
}
