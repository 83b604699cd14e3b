/// Reads schema and identity out of an input topic's name, for stores that put them there.
///
/// `store_avro_kafka` makes one topic of several of LDMS's names (its `topic=` format) and writes `.` for every byte
/// that topics cannot have (`store_avro_kafka.c`): `x@dom` and `x.dom` both become `x.dom`, and `a-b:1:c` becomes
/// `a-b.1.c`, as which node `b.1.c` of user `a` might go. So a `.` in a user is a doubt, and so is one in a node that is not
/// listed; such a topic is rejected, and a column must identify the owner. A pattern with `{user}` and `{node}`
/// speaks for every topic it matches: where producers are named in several ways, use `{producer}`. It needs the list of
/// nodes, and reads only topics whose node is listed; where a listed node stands for all of the producer, that is a host.
public struct TopicIdentity: Sendable, Hashable {
  /// The pattern, such as `ldms.{schema}.{producer}`.
  public let pattern: NamePattern
  /// How `{producer}` is read.
  public let producers: ProducerTemplates
  /// Whether names identify the owner of the rows. Otherwise they have only the row schema, and the columns of the rows identify
  /// the owner.
  public let saysWhose: Bool

  /// A pattern with `{schema}` and, if names identify owners, `{producer}` or both `{user}` and `{node}`.
  public init(_ text: String, producers: ProducerTemplates) throws(NamePatternError) {
    let known: [NameField] = [.schema, .producer, .user, .job, .node, .any]
    let pattern = try NamePattern(text, known: known) { NameCharacters.fields(of: $0).contains(.schema) }
    func fail(_ problem: NamePatternError.Problem) -> NamePatternError {
      NamePatternError(pattern: text, position: text.utf8.count, problem: problem, known: known)
    }
    let fields = pattern.fields
    guard fields.contains(.schema) else { throw fail(.missingField(.schema)) }
    if fields.contains(.producer) {
      if let other = fields.first(where: { $0 == .user || $0 == .job || $0 == .node }) {
        throw fail(.conflictingFields(.producer, other))
      }
    } else if !fields.contains(.user), !fields.contains(.node) {
      // A number alone says nothing.
      if fields.contains(.job) { throw fail(.missingField(.producer)) }
    } else if let missing = [NameField.user, .node].first(where: { !fields.contains($0) }) {
      throw fail(.missingField(missing))
    }
    if pattern.readsAsHost { throw fail(.readsAsHost) }
    if pattern.needsNodes, producers.nodes.isEmpty { throw fail(.needsNodes) }
    self.pattern = pattern
    self.producers = producers
    saysWhose = fields.contains(.producer) || fields.contains(.user)
  }

  /// A name as `store_avro_kafka` writes it into a topic's name: other bytes than `[A-Za-z0-9._-]` become `.`.
  public static func inTopic(_ name: some Sequence<UInt8>) -> Name {
    Name(
      name.map { byte in
        let stays = NameCharacters.fields(of: Unicode.Scalar(byte)).contains(.schema)
        return stays ? byte : UInt8(ascii: ".")
      })
  }

  /// Reads a topic's name.
  ///
  /// Every reading with a known schema must say the same.
  ///
  /// - Parameters:
  ///   - topic: the input topic.
  ///   - isSchema: whether a decomposition has a row schema whose name is this one in a topic (`inTopic(_:)`).
  public func read(_ topic: some Sequence<UInt8>, isSchema: (Name) -> Bool) -> TopicReading {
    let name = Array(topic)
    let readings = pattern.readings(of: name)
    guard !readings.all.isEmpty else { return .unmatched }
    guard readings.isComplete else {
      return .refused(
        .ambiguousProducer,
        detail: "topic `\(Name(name))` has more than \(NamePattern.mostReadings) readings by `\(pattern)`")
    }
    let all = known(readings, name, isSchema: isSchema)
    guard let first = all.first else {
      return .refused(
        .unknownSchema,
        detail: "topic `\(Name(name))` has no row schema of a decomposition where `\(pattern)` has {schema}"
      )
    }
    guard all.allSatisfy({ $0.schema == first.schema }) else {
      let schemas = Set(all.map(\.schema)).sorted().prefix(3).map { "`\($0)`" }.joined(separator: " or ")
      return .refused(
        .ambiguousProducer, detail: "the schema in topic `\(Name(name))` may be \(schemas) by `\(pattern)`")
    }
    guard saysWhose else { return .schema(first.schema) }
    let found = all.filter { reading in reading.direct.map { producers.nodes.contains($0.node.bytes) } ?? true }
    guard let only = found.first else {
      let unlisted = producers.unlistedNode(in: all.compactMap(\.direct))
      return .read(
        schema: first.schema, producer: first.producer,
        .refused(.badProducer, detail: "topic `\(Name(name))` \(unlisted)"))
    }
    guard found.count == 1 else {
      let shown = found.prefix(3).map(\.description).joined(separator: "; or ")
      let detail = "topic `\(Name(name))` may be \(shown)\(found.count > 3 ? "; or others" : "")"
      return .read(
        schema: only.schema, producer: only.producer, .refused(.ambiguousProducer, detail: detail))
    }
    return .read(schema: only.schema, producer: only.producer, identify(only, name))
  }

  /// A reading without its `{any}`s.
  private struct Found: Hashable, CustomStringConvertible {
    var schema: Name
    var producer: Name
    /// The reading of a pattern that has user and node itself.
    var direct: ProducerReading?

    var description: String { direct?.description ?? "producer `\(producer)`" }
  }

  private func known(
    _ readings: NamePattern.Readings, _ name: [UInt8], isSchema: (Name) -> Bool
  ) -> [Found] {
    var found: [Found] = []
    var seen: Set<Found> = []
    var schemas: [Name: Bool] = [:]
    for reading in readings.all {
      guard let bytes = reading.bytes(.schema, of: name) else { continue }
      let schema = Name(bytes)
      let isKnown = schemas[schema] ?? isSchema(schema)
      schemas[schema] = isKnown
      guard isKnown else { continue }
      let next: Found
      if !saysWhose {
        next = Found(schema: schema, producer: Name(""), direct: nil)
      } else if let producer = reading.bytes(.producer, of: name) {
        next = Found(schema: schema, producer: Name(producer), direct: nil)
      } else if let range = NamePattern.producerRange(in: reading), producers.isHost(name[range]) {
        next = Found(schema: schema, producer: Name(name[range]), direct: nil)
      } else if let direct = ProducerReading(reading, of: name) {
        // No producer's name is known: the fields stand for it, in the order of the standard templates.
        let fields = direct.job.map { [direct.user, $0, direct.node] } ?? [direct.user, direct.node]
        let separator = UInt8(ascii: direct.job == nil ? "-" : ":")
        next = Found(
          schema: schema, producer: Name(fields.map(\.bytes).joined(separator: [separator])), direct: direct)
      } else {
        continue
      }
      if seen.insert(next).inserted { found.append(next) }
    }
    return found
  }

  private func identify(_ found: Found, _ name: [UInt8]) -> Identification {
    let identification: Identification
    if let direct = found.direct {
      if let problem = FieldCheck.problem(with: direct) {
        return .refused(.badProducer, detail: "topic `\(Name(name))`: \(problem)")
      }
      identification = .identity(direct)
    } else {
      identification = producers.identify(found.producer.bytes)
    }
    if case .identity(let reading) = identification {
      let dot = UInt8(ascii: ".")
      if reading.user.bytes.contains(dot) {
        return .refused(
          .ambiguousProducer,
          detail: "user `\(reading.user)` in topic `\(Name(name))`: a `.` there may stand for another character")
      }
      if reading.node.bytes.contains(dot), !producers.nodes.contains(reading.node.bytes) {
        return .refused(
          .ambiguousProducer,
          detail: "node `\(reading.node)` in topic `\(Name(name))` is not listed, and a `.` may stand for another "
            + "character")
      }
    }
    return identification
  }
}
