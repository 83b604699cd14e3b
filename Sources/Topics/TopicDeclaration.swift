public import ConfigurationFiles

/// How a kind of topic is to be: what a file in `topics/` says.
public struct TopicDeclaration: Sendable, Equatable {
  /// A setting of a topic, by the name that Kafka has for it.
  public struct Setting: Sendable, Equatable {
    /// Kafka's name: `retention.ms`.
    public var name: String
    /// The value as Kafka takes it.
    public var value: String
    /// The place of the setting, because only Kafka can check it.
    public var place: ConfigurationPlace

    /// A setting.
    public init(_ name: String, _ value: String, at place: ConfigurationPlace = .standard) {
      self.name = name
      self.value = value
      self.place = place
    }
  }

  /// How many partitions, 1 to 1000.
  public var partitions: Int
  /// The number of brokers that keep each partition; -1 for the broker's `default.replication.factor`.
  public var replication: Int
  /// Settings, in the order in which they were written; the broker's defaults hold for all others.
  public var config: [Setting]
  /// The file.
  public var place: ConfigurationPlace

  /// A declaration.
  public init(
    partitions: Int, replication: Int = -1, config: [Setting] = [], place: ConfigurationPlace = .standard
  ) {
    self.partitions = partitions
    self.replication = replication
    self.config = config
    self.place = place
  }

  /// The setting with this name.
  public func setting(_ name: String) -> Setting? {
    config.first { $0.name == name }
  }

  /// The largest batch that such a topic takes, in bytes; Kafka's default where nothing is said.
  package var largestBatch: Int {
    setting("max.message.bytes").flatMap { Int($0.value) } ?? 1_048_588
  }

  /// The topic of waiting rows where no file declares it: as `topics/waiting.yaml` of the router's own does.
  public static let waiting = TopicDeclaration(
    partitions: 3,
    config: [
      Setting("cleanup.policy", "delete"), Setting("retention.ms", "2592000000"),
      Setting("retention.bytes", "17179869184"), Setting("segment.ms", "86400000"),
      Setting("message.timestamp.type", "LogAppendTime"), Setting("max.message.bytes", "4194304"),
      Setting("compression.type", "producer"),
    ])

  /// The topic of the job index where no file declares it: as `topics/job-index.yaml` of the router's own does.
  public static let jobIndex = TopicDeclaration(
    partitions: 1,
    config: [
      Setting("cleanup.policy", "compact"), Setting("segment.bytes", "16777216"), Setting("segment.ms", "3600000"),
      Setting("min.cleanable.dirty.ratio", "0.1"), Setting("delete.retention.ms", "86400000"),
      Setting("message.timestamp.type", "LogAppendTime"), Setting("max.message.bytes", "4194304"),
      Setting("compression.type", "producer"),
    ])
}
