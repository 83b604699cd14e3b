public import Kafka

/// Does what a plan says, in batches.
public struct TopicApplier {
  /// Topics in one request: a hundred cost the brokers little more than one.
  private static let batchSize = 100

  private let client: AdminClient
  private let directory: TopicDirectory
  private let timeoutMilliseconds: Int32

  /// What became of one difference.
  public struct Outcome: Sendable {
    /// The difference.
    public let change: TopicChange
    /// `nil` when it was done.
    public let error: KafkaError?
  }

  /// An applier.
  public init(_ client: AdminClient, directory: TopicDirectory, timeoutMilliseconds: Int32) {
    self.client = client
    self.directory = directory
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Does what can be done of these differences; those that cannot are passed over.
  ///
  /// - Parameters:
  ///   - shouldContinue: asked before each batch; false ends it there, and what was not begun has no outcome.
  ///   - progress: called with the number of differences done so far.
  /// - Returns: an outcome for each that was tried.
  public func apply(
    _ changes: [TopicChange], shouldContinue: () -> Bool = { true }, progress: (Int) -> Void = { _ in }
  ) -> [Outcome] {
    var outcomes: [Outcome] = []
    for batch in Self.batches(changes.filter(\.isPossible).sorted { $0.order < $1.order }) {
      guard shouldContinue() else { break }
      progress(outcomes.count)
      do throws(KafkaError) {
        outcomes += try perform(batch)
      } catch {
        outcomes += batch.map { Outcome(change: $0, error: error) }
      }
    }
    return outcomes
  }

  /// Neighbours that one request can do.
  private static func batches(_ changes: [TopicChange]) -> [[TopicChange]] {
    var batches: [[TopicChange]] = []
    for change in changes {
      if let last = batches.last, let first = last.first, last.count < batchSize, first.sharesRequest(with: change) {
        batches[batches.count - 1].append(change)
      } else {
        batches.append([change])
      }
    }
    return batches
  }

  private func perform(_ batch: [TopicChange]) throws(KafkaError) -> [Outcome] {
    var topics: [NewTopic] = []
    var partitions: [(name: String, count: Int)] = []
    var settings: [(name: String, settings: [String: String])] = []
    for change in batch {
      switch change.action {
      case .create:
        // A plan has only what is declared.
        guard let declaration = directory.declaration(change.kind) else { continue }
        topics.append(TopicTemplate(declaration).topic(named: change.topic))
      case .changeSettings(let changes, let own):
        settings.append((change.topic, own.merging(changes.map { ($0.name, $0.new) }) { $1 }))
      case .addPartitions(_, let count):
        partitions.append((change.topic, count))
      case .tooManyPartitions, .otherReplication:
        continue
      }
    }
    var errors: [String: KafkaError] = [:]
    if !topics.isEmpty {
      for outcome in try client.createTopics(topics, timeoutMilliseconds: timeoutMilliseconds) {
        // Somebody else, the router perhaps, was quicker.
        if let error = outcome.error, error.code != .topicAlreadyExists { errors[outcome.topic] = error }
      }
    }
    for outcome in try client.createPartitions(of: partitions, timeoutMilliseconds: timeoutMilliseconds) {
      errors[outcome.topic] = outcome.error
    }
    for outcome in try client.replaceSettings(of: settings, timeoutMilliseconds: timeoutMilliseconds) {
      errors[outcome.topic] = outcome.error
    }
    return batch.map { Outcome(change: $0, error: errors[$0.topic]) }
  }
}

extension TopicChange {
  /// What can go into one request stands together, what is missing comes first.
  fileprivate var order: Int {
    switch action {
    case .create: 0
    case .changeSettings: 1
    case .addPartitions, .tooManyPartitions, .otherReplication: 2
    }
  }

  fileprivate func sharesRequest(with other: TopicChange) -> Bool {
    switch (action, other.action) {
    case (.create, .create), (.changeSettings, .changeSettings), (.addPartitions, .addPartitions): true
    default: false
    }
  }
}
