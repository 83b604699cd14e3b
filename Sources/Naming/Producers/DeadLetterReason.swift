/// Why a row went to the dead-letter topic: the value of its `reason` header.
///
/// The raw values never change. `docs/site.md` lists them with ``explanation``; `docs/architecture.md` says where each arises.
public enum DeadLetterReason: String, Sendable, Hashable, CaseIterable {
  /// The row does not match its row schema: it is no JSON object, or a column is missing, duplicate, out of order or of
  /// another type.
  case malformedRow = "malformed-row"
  /// An unescaped string in the row lets its columns be read in more than one way.
  case ambiguousRow = "ambiguous-row"
  /// The row is Avro, as `store_avro_kafka` writes with `encoding=avro`.
  case unsupportedEncoding = "unsupported-encoding"
  /// No decomposition describes the rows of this topic.
  case unknownSchema = "unknown-schema"
  /// Neither the row nor its topic names a user, and the job number does not lead to one.
  case noIdentity = "no-identity"
  /// The row has a job number, and the owner of that job did not become known in time (`identity.owner-wait`).
  case unknownJob = "unknown-job"
  /// Several users claim the job at the time of the row.
  case ambiguousOwner = "ambiguous-owner"
  /// The producer name has characters that names may not have, or no template matches it.
  case badProducer = "bad-producer"
  /// The producer's or the topic's name can be read in more than one way.
  case ambiguousProducer = "ambiguous-producer"
  /// The name of one of the row's topics would be longer than 249 bytes.
  case nameTooLong = "name-too-long"
  /// The broker rejected the creation of one of the row's topics, or the write to it.
  case topicRefused = "topic-refused"
  /// Too many names are new at once, so the topics of this one are not created now.
  case tooManyNewNames = "too-many-new-names"
  /// The user may not have topics (`identity.users`).
  case unknownUser = "unknown-user"

  /// The meaning of the reason and its remedy, in one line for operators.
  public var explanation: String {
    switch self {
    case .malformedRow:
      "the row does not have the columns of its row schema; give the router the decomp.json that the store uses"
    case .ambiguousRow:
      "unescaped quotes in a string give the row more than one reading; find out who sets such a string"
    case .unsupportedEncoding:
      "the row is Avro, which the router cannot read; set encoding=json in store_avro_kafka"
    case .unknownSchema:
      "no decomposition describes the rows of this topic; add its decomp.json, or remove the topic from inputs"
    case .noIdentity:
      "neither the row nor its topic names an owner, and the job number leads to no user; see detail, and add "
        + "the column producer to the decomposition if it is missing"
    case .unknownJob:
      "the owner of the job is unknown; see detail, check jobs.events and identity.owners, and then "
        + "'router redrive --reason unknown-job'"
    case .ambiguousOwner:
      "two users claim the job; see detail, and check who can write to the topics of jobs.events and "
        + "identity.owners"
    case .badProducer:
      "the producer name matches no template of identity.producers with a node of identity.nodes; name samplers "
        + "<user>:<job>:<node>"
    case .ambiguousProducer:
      "the name has more than one reading; name samplers <user>:<job>:<node>, or list the nodes in identity.nodes"
    case .nameTooLong:
      "the topic name would be longer than the 249 bytes that Kafka allows; shorten topics.prefix or the user name"
    case .topicRefused:
      "the broker rejected the topic; see detail, and check the router's permissions on topics that begin with topics.prefix"
    case .tooManyNewNames:
      "too many names are new at once; see detail, find out who sends them, or raise the limit that it names"
    case .unknownUser:
      "identity.users does not allow the user; see detail, and correct the producer name or identity.users"
    }
  }

  /// Whether a row gets this reason because the router does not know the owner of its job.
  package var concernsOwners: Bool {
    switch self {
    case .noIdentity, .unknownJob, .ambiguousOwner: true
    case .malformedRow, .ambiguousRow, .unsupportedEncoding, .unknownSchema, .badProducer, .ambiguousProducer,
      .nameTooLong, .topicRefused, .tooManyNewNames, .unknownUser:
      false
    }
  }

  /// Whether a row whose owner is known can get this reason, because one of its topics cannot be created or written to.
  package var concernsTopics: Bool {
    switch self {
    case .topicRefused, .tooManyNewNames, .unknownUser: true
    case .malformedRow, .ambiguousRow, .unsupportedEncoding, .unknownSchema, .noIdentity, .unknownJob,
      .ambiguousOwner, .badProducer, .ambiguousProducer, .nameTooLong:
      false
    }
  }
}
