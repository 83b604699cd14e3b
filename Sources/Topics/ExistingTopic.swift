/// A topic as the cluster has it.
public struct ExistingTopic: Sendable, Equatable {
  /// A setting's value, and whether it was set for the topic rather than being a default.
  public struct Setting: Sendable, Equatable {
    /// The value; `nil` where the broker does not tell it.
    public var value: String?
    /// Whether it was set for this topic.
    public var isSetOnTopic: Bool

    /// A setting.
    public init(_ value: String?, isSetOnTopic: Bool = false) {
      self.value = value
      self.isSetOnTopic = isSetOnTopic
    }
  }

  /// The name of the topic.
  public var name: String
  /// The number of its partitions.
  public var partitions: Int
  /// The number of its first partition's replicas.
  public var replication: Int
  /// The settings by name; `nil` without permission to see them.
  public var settings: [String: Setting]?

  /// A topic.
  public init(_ name: String, partitions: Int, replication: Int, settings: [String: Setting]? = nil) {
    self.name = name
    self.partitions = partitions
    self.replication = replication
    self.settings = settings
  }
}
