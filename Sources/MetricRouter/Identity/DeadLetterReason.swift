/// Why a row went to the dead-letter topic: the value of its `reason` header.
///
/// The raw values never change.
public enum DeadLetterReason: String, Sendable, Hashable, CaseIterable {
  /// The row is not what its row schema says: no JSON object, a column missing, twice, out of order or of another type.
  case malformedRow = "malformed-row"
  /// An unescaped string in the row lets its columns be read in more than one way.
  case ambiguousRow = "ambiguous-row"
  /// The row is Avro, as `store_avro_kafka` writes with `encoding=avro`.
  case unsupportedEncoding = "unsupported-encoding"
  /// No decomposition describes the rows of this topic.
  case unknownSchema = "unknown-schema"
  /// Neither the row nor its topic says whose it is, or they name a host, and its job's number does not lead to a user.
  case noIdentity = "no-identity"
  /// The producer name has characters that names may not have, or no template matches it.
  case badProducer = "bad-producer"
  /// The producer's or the topic's name can be read in more than one way.
  case ambiguousProducer = "ambiguous-producer"
  /// The topic that the row belongs to would have a name of more than 249 bytes.
  case nameTooLong = "name-too-long"
  /// The broker refused to make the topic that the row belongs to, or to write to it.
  case topicRefused = "topic-refused"
  /// So many names are new that the topics of this one are not made now.
  case tooManyNewNames = "too-many-new-names"
  /// The user is none that may have topics.
  case unknownUser = "unknown-user"

  /// One line for operators: what it means and what to do.
  public var explanation: String {
    switch self {
    case .malformedRow:
      "the row does not have the columns of its row schema; give the router the decomp.json that the store uses"
    case .ambiguousRow:
      "a string with unescaped quotes lets the row be read in more than one way; find who sets such a string"
    case .unsupportedEncoding:
      "the row is Avro, which the router does not read; set encoding=json in store_avro_kafka"
    case .unknownSchema:
      "no decomposition describes the rows of this topic; add its decomp.json, or take the topic out of inputs"
    case .noIdentity:
      "nothing in the row or its topic says whose it is, and its job's number does not lead to a user; see detail, and add "
        + "the column producer to the decomposition where it is missing"
    case .badProducer:
      "the producer name fits no template of identity.producers with a node of identity.nodes; name samplers "
        + "<user>:<job>:<node>"
    case .ambiguousProducer:
      "the name can be read in more than one way; name samplers <user>:<job>:<node>, or list the nodes in identity.nodes"
    case .nameTooLong:
      "the topic's name would be longer than the 249 bytes that Kafka allows; shorten topics.prefix or the user's name"
    case .topicRefused:
      "the broker refused the topic; see detail, and the router's rights on topics that begin with topics.prefix"
    case .tooManyNewNames:
      "too many names are new at once; see detail, find who sends them, or raise the limit that it names"
    case .unknownUser:
      "identity.users does not allow the user; see detail, and correct the producer's name or identity.users"
    }
  }

  /// Whether a row that can be routed may become such a dead letter, for want of its topics.
  var concernsTopics: Bool {
    switch self {
    case .topicRefused, .tooManyNewNames, .unknownUser: true
    case .malformedRow, .ambiguousRow, .unsupportedEncoding, .unknownSchema, .noIdentity, .badProducer,
      .ambiguousProducer, .nameTooLong:
      false
    }
  }
}
