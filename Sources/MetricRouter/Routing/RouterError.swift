public import Access
public import Kafka

/// The reason why a router cannot start or continue. Each case says what to do.
public enum RouterError: Error, Sendable, Equatable {
  /// librdkafka rejects the properties.
  case configuration(KafkaError)
  /// The dead-letter topic, or that of waiting rows, cannot be made or written, so rows that belong there would be lost.
  case deadLetterTopic(String, KafkaError)
  /// The group rejects this router.
  case group(String, KafkaError)
  /// The brokers reject the transactional id.
  case transactionalID(String, KafkaError)
  /// Rows were consumed of which the router does not know what became.
  case conservation(consumed: UInt64, known: UInt64)
  /// A topic is to be read that the router itself writes.
  case ownTopic(String)
  /// Users cannot be granted permissions that mean anything, and `acl: required` says that they have to.
  case access(AccessObjection)
}

extension RouterError: CustomStringConvertible {
  /// What is wrong and what to do about it.
  public var description: String {
    switch self {
    case .configuration(let error):
      "librdkafka rejects the configuration: \(error). Correct it under kafka: in router.yaml."
    case .deadLetterTopic(let topic, let error):
      "the topic \"\(topic)\" cannot be used: \(error). "
        + "Rows that belong there would be lost, so the router stops. "
        + (error.code == .messageTooLarge
          ? "Increase its max.message.bytes, and in its file in topics/, above the largest row."
          : "The router needs CREATE and WRITE permission on topics that begin with topics.prefix.")
    case .group(let group, let error):
      "the consumer group \"\(group)\" cannot be used: \(error). The router needs READ permission on it."
    case .transactionalID(let id, let error):
      "the transactional id \"\(id)\" cannot be used: \(error). delivery: exactly-once needs WRITE permission on it."
    case .conservation(let consumed, let known):
      "\(consumed) rows were consumed, but the fate of only \(known) is known. This is a bug in the router: "
        + "it stops without committing, so that the rows are consumed again. Please report it."
    case .ownTopic(let topic):
      "the input topic \"\(topic)\" is one that the router writes; reading it would feed the router its own rows. "
        + "Remove it from inputs, or change topics.prefix."
    case .access(let objection):
      "acl: required, but \(objection.problem). \(objection.remedy)"
    }
  }
}
