/// How one topic differs from what `topics/` declares, and what can be done about it.
public struct TopicChange: Sendable, Hashable {
  /// What differs.
  public enum Action: Sendable, Hashable {
    /// The topic does not exist, and can be made.
    case create
    /// Settings have other values.
    ///
    /// - Parameter own: what is set on the topic now; it stays, but for what changes.
    case changeSettings([TopicSettingChange], own: [String: String])
    /// There are fewer partitions than declared; a node's rows change their partition when some are added.
    case addPartitions(from: Int, to: Int)
    /// There are more partitions than declared: Kafka cannot take any away.
    case tooManyPartitions(found: Int, declared: Int)
    /// Another number of replicas: changing it needs a reassignment, which is not done here.
    case otherReplication(found: Int, declared: Int)
  }

  /// The topic's name.
  public let topic: String
  /// The kind of the topic, which has a file of its own.
  public let kind: TopicKind
  /// What differs.
  public let action: Action

  /// A difference.
  public init(_ topic: String, _ kind: TopicKind, _ action: Action) {
    self.topic = topic
    self.kind = kind
    self.action = action
  }

  /// Whether `apply` can do it.
  public var isPossible: Bool {
    switch action {
    case .create, .changeSettings, .addPartitions: true
    case .tooManyPartitions, .otherReplication: false
    }
  }

  /// What it may cost in rows, empty where nothing.
  public var losses: [String] {
    switch action {
    case .changeSettings(let changes, _): changes.compactMap(\.loss)
    case .create, .addPartitions, .tooManyPartitions, .otherReplication: []
    }
  }

  /// What of it loses no rows; `nil` where that is nothing.
  public var harmlessPart: TopicChange? {
    guard case .changeSettings(let changes, let own) = action else { return self }
    let harmless = changes.filter { $0.loss == nil }
    return harmless.isEmpty ? nil : TopicChange(topic, kind, .changeSettings(harmless, own: own))
  }
}
