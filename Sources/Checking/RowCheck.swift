public import Decomp
public import MetricRouter
public import Naming
internal import Wording

/// What would become of one row.
///
/// A value without I/O that asks a ``RoutingPlan`` what the service asks it for every row.
public struct RowCheck: Sendable {
  /// A row schema that the row is none of.
  public struct Miss: Sendable, Hashable {
    /// The row schema's name; `nil` for rows that are stored as they are.
    public var schema: String?
    /// How many columns it has; `nil` for rows that are stored as they are.
    public var columnCount: Int?
    /// Why, and where.
    public var refusal: RowRefusal
    /// The reason in a sentence, safe to print.
    public var detail: String
  }

  /// What becomes of the row.
  public enum Verdict: Sendable, Hashable {
    /// The row is routed.
    case routed(RowReading.Destination)
    /// The row goes to the dead-letter topic.
    case deadLettered(Refusal)
    /// The row's topic decides; the text says why.
    case undecided(String)
    /// The owner of the job decides, whom only the job index of a running router knows; the text says why.
    case dependsOnJob(UInt64, String)
    /// The job that ran on its host decides, which only the job index of a running router knows; the text says why.
    case dependsOnHost(String)
    /// The row is of no job: it is counted and copied nowhere; the text says why.
    case unassigned(String)
    /// Jobs of several users were on its host: it is counted and copied nowhere; the text says so.
    case withheld(String)
  }

  /// The topic that it came on; `nil` where that was not said.
  public var topic: String?
  /// The number of its bytes.
  public var byteCount: Int
  /// How it can be read: on a known topic in one way at most, else as a row of each row schema that accepts it.
  ///
  /// The `as_is` reading comes last, because it accepts nearly every row.
  public var readings: [RowReading]
  /// The row schemas that refuse it, the one that got furthest first.
  public var misses: [Miss]
  /// What becomes of it.
  public var verdict: Verdict
  private let asksByNode: Bool
  private let owners: KnownOwners?

  /// Follows a row's way.
  ///
  /// - Parameters:
  ///   - payload: the bytes as they are in Kafka.
  ///   - topic: the input topic that it came on; `nil` tries all row schemas.
  ///   - asksByNode: whether host and time lead to the job of a row without a number (`identity.by-node`).
  ///   - owners: the owners of jobs; `nil` if they are unknown.
  public init(
    _ payload: [UInt8], topic: String?, plan: RoutingPlan, asksByNode: Bool = false, owners: KnownOwners? = nil
  ) {
    self.asksByNode = asksByNode
    self.owners = owners
    self.topic = topic
    byteCount = payload.count
    (readings, misses) = ([], [])
    verdict = .undecided("")
    payload.withUnsafeBytes { payload in
      if let topic {
        follow(payload, from: plan.input(topic: topic), plan: plan)
      } else {
        tryAll(payload, plan: plan)
      }
    }
  }

  private mutating func follow(_ payload: UnsafeRawBufferPointer, from input: InputTopic, plan: RoutingPlan) {
    switch input.rows {
    case .refused(let reason, let detail):
      verdict = .deadLettered(Refusal(reason, detail))
    case .waiting:
      // Its rows are those of inputs.
      tryAll(payload, plan: plan)
    case .decoded(let decoder):
      switch decoder.decode(payload) {
      case .row(let row):
        var reading = RowReading(
          row, as: decoder.schema(of: row), from: input, payload: payload, plan: plan, asksByNode: asksByNode,
          owners: owners)
        if !row.isOfOneSchema { reading.otherSchemas = Self.others(of: payload, decoder, than: row.variant) }
        readings = [reading]
        verdict = Verdict(reading.fate)
      case .refused(let refusal):
        verdict = .deadLettered(Refusal(refusal, by: decoder, payload: payload))
        misses = Self.misses(of: payload, decoder).sorted(by: Self.isNearer)
      }
    }
  }

  /// The row schemas of a topic that read a row, besides the one that it is taken for.
  private static func others(of payload: UnsafeRawBufferPointer, _ decoder: RowDecoderSet, than variant: Int)
    -> [String]
  {
    decoder.schemas.indices.filter { index in
      guard index != variant, case .row = RowDecoder(decoder.schemas[index]).decode(payload) else { return false }
      return true
    }.map { decoder.schemas[$0].name }
  }

  /// Tries all row schemas, because no topic is given.
  private mutating func tryAll(_ payload: UnsafeRawBufferPointer, plan: RoutingPlan) {
    for name in plan.schemaNames {
      guard let decoder = plan.decoder(ofSchema: name).map({ RowDecoderSet($0.schemas, jobMetrics: plan.jobMetrics) })
      else { continue }
      tryOne(decoder, payload, plan: plan)
    }
    let declared = readings
    if plan.storesAsIs {
      tryOne(RowDecoderSet([], includesUndeclared: true, jobMetrics: plan.jobMetrics), payload, plan: plan)
    }
    misses.sort(by: Self.isNearer)
    verdict = Self.verdict(declared: declared, all: readings, misses: misses)
  }

  private mutating func tryOne(_ decoder: RowDecoderSet, _ payload: UnsafeRawBufferPointer, plan: RoutingPlan) {
    switch decoder.decode(payload) {
    case .row(let row):
      readings.append(
        RowReading(
          row, as: decoder.schema(of: row), from: nil, payload: payload, plan: plan, asksByNode: asksByNode,
          owners: owners))
    case .refused:
      misses += Self.misses(of: payload, decoder)
    }
  }

  /// Whether the row depends on the owners of jobs, and that owner is not known.
  public var dependsOnOwners: Bool {
    switch verdict {
    case .dependsOnJob, .dependsOnHost: true
    case .routed, .deadLettered, .undecided, .unassigned, .withheld: false
    }
  }

  private static func verdict(declared: [RowReading], all: [RowReading], misses: [Miss]) -> Verdict {
    // What a row is that the decomposition declares is certain; stored as it is, it could be anything.
    let readings = declared.isEmpty ? all : declared
    guard let first = readings.first else {
      guard let nearest = misses.first else {
        return .deadLettered(Refusal(.unknownSchema, "the decomposition makes no rows"))
      }
      let detail = "no row schema accepts it; the nearest is \(nearest.phrase): \(nearest.detail)"
      return .deadLettered(Refusal(DeadLetterReason(nearest.refusal), detail))
    }
    if case .dependsOnTopic = first.fate { return Verdict(first.fate) }
    for other in readings.dropFirst() where !first.fate.isSame(as: other.fate) {
      return .undecided("it can be a row of \(first.phrase) or of \(other.phrase), with different results")
    }
    return Verdict(first.fate)
  }

  /// Why each row schema of a topic refuses the row.
  private static func misses(of payload: UnsafeRawBufferPointer, _ decoder: RowDecoderSet) -> [Miss] {
    var misses: [Miss] = []
    for schema in decoder.schemas {
      let own = RowDecoder(schema)
      guard case .refused(let refusal) = own.decode(payload) else { continue }
      misses.append(
        Miss(
          schema: schema.name, columnCount: schema.columns.count, refusal: refusal,
          detail: own.detail(of: refusal, in: payload)))
    }
    if decoder.includesUndeclared, case .refused(let refusal) = UndeclaredRowDecoder().decode(payload) {
      let detail = UndeclaredRowDecoder().detail(of: refusal, in: payload)
      misses.append(Miss(schema: nil, columnCount: nil, refusal: refusal, detail: detail))
    }
    return misses
  }

  private static func isNearer(_ one: Miss, _ other: Miss) -> Bool {
    // What reads to its end, if in more than one way, is nearer than what does not.
    (one.refusal.isDoubt ? 1 : 0, one.refusal.offset) > (other.refusal.isDoubt ? 1 : 0, other.refusal.offset)
  }
}

extension RowCheck.Verdict {
  fileprivate init(_ fate: RowReading.Fate) {
    self =
      switch fate {
      case .routed(let destination): .routed(destination)
      case .deadLettered(let refusal): .deadLettered(refusal)
      case .dependsOnTopic: .undecided("the columns do not name its owner; the name of its topic may")
      case .dependsOnJob(let number, let host):
        .dependsOnJob(
          number,
          (host.map { "`\($0)` is a host, which names no user" }
            ?? "neither columns nor topic name a user")
            + "; a running router knows the owner of job \(number) from its job index")
      case .dependsOnHost(let host):
        .dependsOnHost(
          "the row has no job number; a running router knows from Slurm's messages which job ran on `\(host)` at its time"
        )
      case .unassigned(let host):
        .unassigned(
          (host.map { "`\($0)` is a host, which names no user" } ?? "it names no user")
            + ", and the row has no job number")
      case .withheld(let why): .withheld(why)
      }
  }
}

extension RowReading {
  /// The row schema of the reading, in a phrase.
  public var phrase: String { schema.map { "row schema \(quoted($0.name))" } ?? "rows stored as they are" }
}

extension RowCheck.Miss {
  /// The row schema, in a phrase.
  public var phrase: String { schema.map { "row schema \(quoted($0))" } ?? "rows stored as they are" }
}

extension RowReading.Fate {
  /// Whether two readings lead to the same end; the details of two dead letters may differ.
  fileprivate func isSame(as other: Self) -> Bool {
    switch (self, other) {
    case (.deadLettered(let one), .deadLettered(let two)): one.reason == two.reason
    default: self == other
    }
  }
}

extension RowRefusal {
  /// Whether the row can be read, but in more than one way.
  fileprivate var isDoubt: Bool { reason == .ambiguous || reason == .tooDoubtful }
}

extension RowDecoderSet {
  /// The row schema that a row was read as; `nil` where it was read as stored as it is.
  fileprivate func schema(of row: DecodedRow) -> RowSchema? {
    schemas.indices.contains(row.variant) ? schemas[row.variant] : nil
  }
}
