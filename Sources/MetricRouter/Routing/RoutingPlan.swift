package import Decomp
public import Jobs
internal import Kafka
public import Naming

/// What to do with rows: the decompositions, identity rules and topic names of one configuration, checked and compiled.
///
/// A value without I/O; `router check` asks it the same questions as the service does.
public struct RoutingPlan: Sendable {
  /// How producers are read.
  public let producers: ProducerTemplates
  /// How the names of input topics are read, if they identify owners.
  public let topicIdentity: TopicIdentity?
  /// The names of the topics that are written.
  public let names: TopicNames
  /// The users that may have topics.
  public let users: UserRule
  /// The columns of rows whose values the index of jobs keeps.
  public let columns: [JobColumn]
  /// The row schemas that name owners of jobs.
  package let ownerRules: [OwnerRule]
  /// The decoders of each row schema's name, as `store_kafka` uses it for the topic.
  private let decoders: [String: Reading]
  /// The readings under the names that `store_avro_kafka` writes into topics, where two names may become one.
  private let decodersInTopics: [Name: Reading]
  /// The rows of all row schemas, as a topic has them that the store puts all of them into.
  private let all: Reading
  /// What is read, where that is configured: topics and regular expressions.
  private let inputs: [TopicPattern]
  /// Whether any decomposition has an `as_is` part.
  public let storesAsIs: Bool
  /// How the names of metric sets are read, where they hold the number of a job.
  public let instances: InstanceTemplates
  /// The metrics that may hold the number of a row's job.
  public let jobMetrics: [String]
  private let undeclaredRows: RowDecoderSet

  /// How the rows of a topic are read.
  fileprivate struct Reading: Sendable {
    var decoder: RowDecoderSet
    var columns: JobColumns
    /// The kinds of rows by row schema, in the order of the decoder.
    var kinds: [InputTopic.RowKind]
  }

  /// Compiles row schemas and rules.
  ///
  /// - Parameters:
  ///   - inputs: the topics and regular expressions that are read, where they are configured.
  ///   - columns: the columns of rows whose values the index of jobs keeps.
  ///   - ownerRules: the row schemas that name owners of jobs; a rule that does not fit its row schema is ignored.
  package init(
    schemas: [RowSchema], storesAsIs: Bool, producers: ProducerTemplates, topicIdentity: TopicIdentity?,
    names: TopicNames, inputs: [String] = [], columns: [JobColumn] = [], users: UserRule = .any,
    instances: InstanceTemplates = .none, jobMetrics: [String] = RowSchema.standardJobMetrics,
    ownerRules: [OwnerRule] = []
  ) {
    self.inputs = inputs.map { TopicPattern($0) }
    self.instances = instances
    self.jobMetrics = jobMetrics
    undeclaredRows = RowDecoderSet([], includesUndeclared: true, jobMetrics: jobMetrics)
    self.ownerRules = ownerRules
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
    func reading(_ schemas: [RowSchema], undeclared: String?) -> Reading {
      let found = JobColumns(columns, schemas: schemas)
      return Reading(
        decoder: RowDecoderSet(
          schemas, includesUndeclared: undeclared != nil, observing: found.observed,
          jobMetrics: jobMetrics),
        columns: found,
        kinds: schemas.map {
          InputTopic.RowKind(
            schema: $0.name, slurm: SlurmRowReader(schema: $0), tellsOfJobs: $0.tellsOfJobs(metrics: jobMetrics),
            owners: Self.owners($0, ownerRules))
        }
          + (undeclared.map { [Self.undeclaredKind($0, ownerRules)] } ?? []))
    }
    func reading(_ name: String, _ schemas: [RowSchema]) -> Reading {
      reading(schemas, undeclared: storesAsIs && Decomposition.asIsSchema(ofTopic: name) != nil ? name : nil)
    }
    decoders = Dictionary(uniqueKeysWithValues: byName.map { ($0, reading($0, $1)) })
    var inTopics: [Name: [RowSchema]] = [:]
    for (name, schemas) in byName.sorted(by: { $0.key < $1.key }) {
      inTopics[TopicIdentity.inTopic(name.utf8), default: []] += schemas
    }
    decodersInTopics = Dictionary(uniqueKeysWithValues: inTopics.map { ($0, reading($0.text, $1)) })
    all = reading(
      byName.sorted { $0.key < $1.key }.flatMap(\.value), undeclared: storesAsIs ? Self.asIsKind : nil)
  }

  /// What stands for the row schema of undeclared rows in a topic of all row schemas.
  static let asIsKind = "as_is"

  /// The names of all row schemas, sorted.
  public var schemaNames: [String] { decoders.keys.sorted() }

  /// The topic of a row schema, or the regular expression for its topics, as `inputs` has it.
  public func input(ofSchema name: String) -> String { topicIdentity?.input(ofSchema: name) ?? name }

  /// The regular expression for the topics of `as_is` rows.
  public var asIsInput: String {
    topicIdentity?.input(ofSchemasMatching: Decomposition.asIsTopicPattern) ?? Decomposition.asIsTopicPattern
  }

  /// How rows are read of which only the name of their row schema is known, not the topic.
  package func decoder(ofSchema name: String) -> RowDecoderSet? { decoders[name]?.decoder }

  /// The inputs whose topics may carry the rows of all row schemas.
  ///
  /// A topic that is no row schema's, and that `identity.topic` does not match, is one of them if somebody named it. What a regular
  /// expression finds besides the topics of row schemas is none: it may be anybody's, who could write rows of others there. Only
  /// one that finds no such topic is meant for this.
  public var sharedInputs: [String] { inputs.filter { isShared($0) }.map(\.text) }

  /// The names of row schemas whose columns have the same names, by group: in a topic of all row schemas nothing tells their rows
  /// apart.
  public var schemasWithSameColumns: [[String]] {
    var byColumns: [[String]: [String]] = [:]
    for schema in all.decoder.schemas {
      let columns = schema.columns.map(\.name)
      if byColumns[columns]?.last != schema.name { byColumns[columns, default: []].append(schema.name) }
    }
    return byColumns.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  private func isShared(_ input: TopicPattern) -> Bool {
    guard !decoders.isEmpty else { return false }
    guard input.isExpression else { return known(topic: input.text) == nil }
    // Which topics there are of `as_is`, or where the pattern leaves something open, nobody knows.
    guard !storesAsIs, topicIdentity?.isOneTopic != false else { return false }
    return !schemaNames.contains { input.matches(self.input(ofSchema: $0)) }
  }

  /// Whether a topic is among the inputs, as far as they are configured.
  package func reads(topic: String) -> Bool { inputs.isEmpty || inputs.contains { $0.matches(topic) } }

  /// How the rows of an input topic are read.
  public func input(topic: String) -> InputTopic {
    if topic == names.waiting { return InputTopic(waiting: topic) }
    if let known = known(topic: topic) { return known }
    if inputs.contains(where: { $0.matches(topic) && isShared($0) }) {
      return InputTopic(topic, all, owner: .none, carriesAll: true)
    }
    return InputTopic(
      topic, refused: .unknownSchema,
      "no row schema of the decomposition is named \"\(topic)\"; if it holds rows of several row schemas, list it in inputs"
    )
  }

  /// A topic of which the name says what rows it has, or why they cannot be read.
  private func known(topic: String) -> InputTopic? {
    if let topicIdentity {
      let reading = topicIdentity.read(topic.utf8) { schema in
        decodersInTopics[schema] != nil || (storesAsIs && Decomposition.asIsSchema(ofTopic: schema.text) != nil)
      }
      switch reading {
      case .read(let schema, let producer, let identification):
        let rows = decodersInTopics[schema] ?? undeclared(schema.text)
        return InputTopic(topic, rows, owner: .topic(producer, identification))
      case .schema(let schema):
        return InputTopic(topic, decodersInTopics[schema] ?? undeclared(schema.text), owner: .none)
      case .refused(let reason, let detail):
        return InputTopic(topic, refused: reason, detail)
      case .unmatched:
        break
      }
    }
    if let decoder = decoders[topic] { return InputTopic(topic, decoder, owner: .none) }
    if storesAsIs, Decomposition.asIsSchema(ofTopic: topic) != nil {
      return InputTopic(topic, undeclared(topic), owner: .none)
    }
    return nil
  }

  /// Rows of a metric set as it is.
  private func undeclared(_ name: String) -> Reading {
    Reading(
      decoder: undeclaredRows, columns: JobColumns([], schemas: []), kinds: [Self.undeclaredKind(name, ownerRules)])
  }

  /// The reader of owners in rows of a row schema, if a rule makes it an authority.
  private static func owners(_ schema: RowSchema, _ rules: [OwnerRule]) -> OwnerRowReader? {
    rules.first { $0.schema == schema.name }.flatMap { try? OwnerRowReader($0, schema: schema) }
  }

  /// Rows that are stored as they are.
  private static func undeclaredKind(_ name: String, _ rules: [OwnerRule]) -> InputTopic.RowKind {
    let schema = Decomposition.asIsSchema(ofTopic: name)
    let rule = schema.flatMap { schema in rules.first { $0.schema == schema } }
    return InputTopic.RowKind(
      schema: name, slurm: SlurmRowReader(undeclared: name), owners: rule.map { OwnerRowReader(undeclared: $0) })
  }

  /// What the name of a row's metric set says, and the row with the job in it, which goes before the one in a column.
  package func readInstance(
    of row: DecodedRow, in payload: UnsafeRawBufferPointer
  ) -> (row: DecodedRow, reading: InstanceReading?) {
    guard !instances.isEmpty, let instance = row.instance, let reading = instances.read(instance.bytes(in: payload))
    else { return (row, nil) }
    var row = row
    row.job = reading.job
    return (row, reading)
  }

  /// The owner of a row with this key, as far as the key identifies one.
  ///
  /// - Parameter jobID: the row's `job_id` column.
  package func owner(of key: RowKey, jobID: UInt64?) -> RowOwner {
    switch key {
    case .producer(let bytes), .instance(let bytes): identify(producer: Name(bytes), jobID: jobID)
    case .topic(let producer, let identification): owner(by: identification, producer: producer, jobID: jobID)
    case .host(let node): .job(jobID ?? 0, host: node)
    case .job(let number): .job(number, host: nil)
    case .none: .job(0, host: nil)
    }
  }

  /// The owner of a row with this producer.
  ///
  /// - Parameter jobID: the row's `job_id` column.
  public func identify(producer: Name, jobID: UInt64?) -> RowOwner {
    owner(by: producers.identify(producer.bytes), producer: producer, jobID: jobID)
  }

  /// The owner of a row whose producer has been read.
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
  /// The dead-letter reason for a rejection by the decoder.
  package init(_ refusal: RowRefusal, by decoder: RowDecoderSet, payload: UnsafeRawBufferPointer) {
    self.init(DeadLetterReason(refusal), decoder.detail(of: refusal, in: payload))
  }
}

extension DeadLetterReason {
  /// What the decoder's refusal means for the dead letters.
  package init(_ refusal: RowRefusal) {
    self =
      switch refusal.reason {
      case .avro: .unsupportedEncoding
      case .ambiguous, .tooDoubtful: .ambiguousRow
      case .empty, .notAnObject, .columnMismatch, .badValue, .truncated, .trailingBytes, .unprintable: .malformedRow
      }
  }
}

extension InputTopic {
  fileprivate init(_ name: String, _ reading: RoutingPlan.Reading, owner: Owner, carriesAll: Bool = false) {
    self.init(
      name: name, kinds: reading.kinds, carriesAllSchemas: carriesAll, rows: .decoded(reading.decoder),
      columns: reading.columns,
      hasValues: reading.decoder.schemas.indices.contains { reading.columns.hasValues(variant: $0) },
      hasOwners: reading.kinds.contains { $0.owners != nil }, owner: owner)
  }

  /// The topic of waiting rows.
  fileprivate init(waiting name: String) {
    self.init(
      name: name, kinds: [], carriesAllSchemas: false, rows: .waiting, columns: JobColumns([], schemas: []),
      hasValues: false, hasOwners: false, owner: .none)
  }

  fileprivate init(_ name: String, refused reason: DeadLetterReason, _ detail: String) {
    self.init(
      name: name, kinds: [], carriesAllSchemas: false, rows: .refused(reason, detail),
      columns: JobColumns([], schemas: []), hasValues: false, hasOwners: false, owner: .none)
  }
}
