public import Kafka

/// How topics of one kind are created.
public struct TopicTemplate: Sendable, Equatable {
  /// The number of partitions; `nil` for the broker's default.
  public var partitions: Int32?
  /// The number of replicas; `nil` for the broker's default.
  public var replication: Int32?
  /// The settings, as Kafka names them.
  public var settings: [String: String]

  /// A template.
  public init(partitions: Int32? = nil, replication: Int32? = nil, settings: [String: String] = [:]) {
    self.partitions = partitions
    self.replication = replication
    self.settings = settings
  }

  /// The request for one topic.
  public func topic(named name: String) -> NewTopic {
    NewTopic(name: name, partitions: partitions, replication: replication, settings: settings)
  }
}

extension TopicTemplate {
  /// The template that a file in `topics/` declares.
  public init(_ declaration: TopicDeclaration) {
    self.init(
      partitions: Int32(declaration.partitions),
      replication: declaration.replication < 0 ? nil : Int32(declaration.replication),
      settings: Dictionary(declaration.config.map { ($0.name, $0.value) }) { $1 })
  }
}
