public import Decomp
internal import Kafka
public import Naming

/// What to do with rows: the decompositions, identity rules and topic names of one configuration, checked and compiled.
///
/// A value without I/O; `router check` asks it the same questions as the service does.
public struct RoutingPlan: Sendable {
  /// How producers are read.
  public let producers: ProducerTemplates
  /// How the names of input topics are read, where they say whose rows they hold.
  public let topicIdentity: TopicIdentity?
  /// The names of the topics that are written.
  public let names: TopicNames
  /// Which users may have topics.
  public let users: UserRule
  /// The columns of rows whose values the index of jobs keeps.
  public let columns: [JobColumn]
  /// The decoders of each row schema's name, as `store_kafka` uses it for the topic.
  private let decoders: [String: Reading]
  /// The same under the names that `store_avro_kafka` writes into topics, where two names may become one.
  private let decodersInTopics: [Name: Reading]
  /// Whether any decomposition has an `as_is` part.
  public let storesAsIs: Bool

  /// How the rows of a topic are read.
  fileprivate struct Reading: Sendable {
    var decoder: RowDecoderSet
    var columns: JobColumns
    var slurm: SlurmRowReader?
  }

  /// Compiles row schemas and rules.
  ///
  /// - Parameter columns: the columns of rows whose values the index of jobs keeps.
  public init(
    schemas: [RowSchema], storesAsIs: Bool, producers: ProducerTemplates, topicIdentity: TopicIdentity?,
    names: TopicNames, columns: [JobColumn] = [], users: UserRule = .any
  ) {
    self.users = users
    self.columns = columns
    self.producers = producers
    self.topicIdentity = topicIdentity
    self.names = names
    self.storesAsIs = storesAsIs
    var byName: [String: [RowSchema]] = [:]
    for schema in schemas where byName[schema.name]?.contains(schema) != true {
      byName[schema.name, default: []].append(schema)
    }
    func reading(_ name: String, _ schemas: [RowSchema]) -> Reading {
      let mayBeAsIs = storesAsIs && Decomposition.asIsSchema(ofTopic: name) != nil
      let found = JobColumns(columns, schemas: schemas)
      return Reading(
        decoder: RowDecoderSet(schemas, includesUndeclared: mayBeAsIs, observing: found.observed), columns: found,
        slurm: schemas.count == 1 && !mayBeAsIs ? SlurmRowReader(schema: schemas[0]) : nil)
    }
    decoders = Dictionary(uniqueKeysWithValues: byName.map { ($0, reading($0, $1)) })
    var inTopics: [Name: [RowSchema]] = [:]
    for (name, schemas) in byName.sorted(by: { $0.key < $1.key }) {
      inTopics[TopicIdentity.inTopic(name.utf8), default: []] += schemas
    }
    decodersInTopics = Dictionary(uniqueKeysWithValues: inTopics.map { ($0, reading($0.text, $1)) })
  }

  /// The names of all row schemas, sorted.
  public var schemaNames: [String] { decoders.keys.sorted() }

  /// The topic of a row schema, or the regular expression for its topics, as `inputs` has it.
  public func input(ofSchema name: String) -> String { topicIdentity?.input(ofSchema: name) ?? name }

  /// The regular expression for the topics of `as_is` rows.
  public var asIsInput: String {
    topicIdentity?.input(ofSchemasMatching: Decomposition.asIsTopicPattern) ?? Decomposition.asIsTopicPattern
  }

  /// How rows are read of which only the name of their row schema is known, not the topic.
  func decoder(ofSchema name: String) -> RowDecoderSet? { decoders[name]?.decoder }

  /// How the rows of an input topic are read.
  public func input(topic: String) -> InputTopic {
    if let topicIdentity {
      let reading = topicIdentity.read(topic.utf8) { schema in
        decodersInTopics[schema] != nil || (storesAsIs && Decomposition.asIsSchema(ofTopic: schema.text) != nil)
      }
      switch reading {
      case .read(let schema, let producer, let identification):
        let rows = decodersInTopics[schema] ?? undeclared(schema.text)
        return InputTopic(topic, schema: schema.text, rows, owner: .topic(producer, identification))
      case .schema(let schema):
        return InputTopic(
          topic, schema: schema.text, decodersInTopics[schema] ?? undeclared(schema.text), owner: .none)
      case .refused(let reason, let detail):
        return InputTopic(topic, refused: reason, detail)
      case .unmatched:
        break
      }
    }
    if let decoder = decoders[topic] { return InputTopic(topic, schema: topic, decoder, owner: .none) }
    if storesAsIs, Decomposition.asIsSchema(ofTopic: topic) != nil {
      return InputTopic(topic, schema: topic, undeclared(topic), owner: .none)
    }
    return InputTopic(
      topic, refused: .unknownSchema,
      "no row schema of the decomposition is named \"\(topic)\", and a topic with rows of several row schemas is not supported"
    )
  }

  /// Rows of a metric set as it is.
  private func undeclared(_ name: String) -> Reading {
    Reading(
      decoder: Self.undeclared, columns: JobColumns([], schemas: []),
      slurm: SlurmRowReader(undeclared: name))
  }

  private static let undeclared = RowDecoderSet([], includesUndeclared: true)

  /// Whose a row with this key is, as far as the key says.
  ///
  /// - Parameter jobID: the row's `job_id` column.
  func owner(of key: RowKey, jobID: UInt64?) -> RowOwner {
    switch key {
    case .producer(let bytes), .instance(let bytes): identify(producer: Name(bytes), jobID: jobID)
    case .topic(let producer, let identification): owner(by: identification, producer: producer, jobID: jobID)
    case .job(let number): .job(number, host: nil)
    case .none: .job(0, host: nil)
    }
  }

  /// Whose a row is whose producer is known.
  ///
  /// - Parameter jobID: the row's `job_id` column.
  public func identify(producer: Name, jobID: UInt64?) -> RowOwner {
    owner(by: producers.identify(producer.bytes), producer: producer, jobID: jobID)
  }

  /// The same where it is already known how the producer reads.
  private func owner(by identification: Identification, producer: Name, jobID: UInt64?) -> RowOwner {
    switch identification {
    case .identity(let reading): .identity(Identity(reading, producer: producer, jobID: jobID))
    case .host(let node): .job(jobID ?? 0, host: node)
    case .refused(let reason, let detail): .refused(Refusal(reason, detail))
    }
  }

  /// The topics of an identity.
  ///
  /// Whether the system knows the user is not asked here, since that may block.
  public func topics(of identity: Identity) -> Result<(user: String, job: String), Refusal> {
    if let refusal = users.refusal(of: identity.user) { return .failure(refusal) }
    guard let user = names.user(identity.user), let job = names.job(identity.job, user: identity.user) else {
      return .failure(
        Refusal(.nameTooLong, "the topic of user `\(identity.user)` and job `\(identity.job)` would have a longer name")
      )
    }
    return .success((user, job))
  }
}

extension Refusal {
  /// What the decoder's refusal means for the dead letters.
  init(_ refusal: RowRefusal, by decoder: RowDecoderSet, payload: UnsafeRawBufferPointer) {
    self.init(DeadLetterReason(refusal), decoder.detail(of: refusal, in: payload))
  }
}

extension DeadLetterReason {
  /// What the decoder's refusal means for the dead letters.
  init(_ refusal: RowRefusal) {
    self =
      switch refusal.reason {
      case .avro: .unsupportedEncoding
      case .ambiguous, .tooDoubtful: .ambiguousRow
      case .empty, .notAnObject, .columnMismatch, .badValue, .truncated, .trailingBytes, .unprintable: .malformedRow
      }
  }
}

extension InputTopic {
  fileprivate init(_ name: String, schema: String, _ reading: RoutingPlan.Reading, owner: Owner) {
    self.init(
      name: name, schema: schema, rows: .decoded(reading.decoder), columns: reading.columns,
      hasValues: reading.decoder.schemas.indices.contains { reading.columns.hasValues(variant: $0) },
      slurm: reading.slurm, owner: owner)
  }

  fileprivate init(_ name: String, refused reason: DeadLetterReason, _ detail: String) {
    self.init(
      name: name, schema: name, rows: .refused(reason, detail), columns: JobColumns([], schemas: []), hasValues: false,
      slurm: nil, owner: .none)
  }
}
