package import Kafka
package import Naming
internal import Runtime
internal import Synchronization
package import Topics

/// Makes topics as another does, and ensures that each user is granted their permissions with their first topic.
///
/// The permissions are made while the topics are, and waited for a moment; topics never fail for them.
package final class GrantingTopicCreator: TopicCreating {
  private let creator: any TopicCreating
  private let access: ACLGranter
  private let names: TopicNames
  /// The users whose permissions have been requested.
  private let known = Mutex<Set<Name>>([])

  /// How long a topic waits for its user's permissions, which take less than 0.1 s on three brokers.
  private static let patienceMilliseconds: Int64 = 2000

  /// - Parameter creator: makes the topics.
  package init(_ creator: any TopicCreating, access: ACLGranter, names: TopicNames) {
    self.creator = creator
    self.access = access
    self.names = names
  }

  package func ensure(_ topics: [NewTopic]) -> [String: Result<Int32, KafkaError>] {
    granting(usersOf: topics) { creator.ensure(topics) }
  }

  package func accept(_ topics: [NewTopic], partitions: [String: Int32]) -> [String: Result<Int32, KafkaError>] {
    granting(usersOf: topics) { creator.accept(topics, partitions: partitions) }
  }

  package func existingTopics() throws(KafkaError) -> [String: Int32]? { try creator.existingTopics() }

  package func areKnown(_ topics: [String], sample: String) -> Bool { creator.areKnown(topics, sample: sample) }

  private func granting(
    usersOf topics: [NewTopic], _ prepare: () -> [String: Result<Int32, KafkaError>]
  ) -> [String: Result<Int32, KafkaError>] {
    let users = newUsers(of: topics)
    guard !users.isEmpty else { return prepare() }
    let tried = access.request(users)
    let results = prepare()
    _ = tried.wait(limit: 1, milliseconds: Self.patienceMilliseconds)
    return results
  }

  private func newUsers(of topics: [NewTopic]) -> [Name] {
    let users = topics.compactMap { topic -> Name? in
      switch names.read(topic.name) {
      case .user(let user), .job(_, let user): user
      case .jobIndex, .deadLetters, .waiting, nil: nil
      }
    }
    return known.withLock { known in users.filter { known.insert($0).inserted } }
  }
}
