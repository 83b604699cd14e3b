/// Decodes the rows of one topic, which may carry rows of several row schemas.
///
/// Row schemas of the same name go to the same topic, whatever their columns, and a store may put all row schemas into one
/// topic. A row is then what LDMS printed from one of them, and nothing in it but its columns says which. So all of them
/// read it. It is accepted if all that can read it find the same
/// identity; where they do not, or where one of them finds several readings, one could be the true one and another
/// forged, and the row is refused as ambiguous. Most rows need no more than their own schema for that:
/// ``RowSchemaFinder`` finds it.
public struct RowDecoderSet: Sendable {
  /// The row schemas, in the order that `variant` of a verdict counts.
  public let schemas: [RowSchema]
  /// Whether rows of an `as_is` decomposition may come too; their `variant` is the number of schemas.
  public let includesUndeclared: Bool

  private let first: RowDecoder?
  private let others: [RowDecoder]
  private let undeclared: UndeclaredRowDecoder
  /// The finder for several schemas without undeclared rows, which could be read as any schema.
  private let finder: RowSchemaFinder?

  /// A decoder for the rows of these schemas, and those of `as_is` decompositions if said so.
  ///
  /// With neither, it refuses everything.
  ///
  /// - Parameters:
  ///   - observed: for each schema the columns to observe, as ``RowDecoder/init(_:observing:jobMetrics:)`` takes them;
  ///     where it is shorter than `schemas`, nothing is observed in the rest, and never in undeclared rows.
  ///   - metrics: the metrics that may hold the number of a row's Slurm job; the first of them that is not 0 does.
  public init(
    _ schemas: [RowSchema], includesUndeclared: Bool = false, observing observed: [[Int]] = [],
    jobMetrics metrics: [String] = RowSchema.standardJobMetrics
  ) {
    self.schemas = schemas
    self.includesUndeclared = includesUndeclared
    let decoders = schemas.enumerated().map { index, schema in
      RowDecoder(schema, observing: index < observed.count ? observed[index] : [], jobMetrics: metrics)
    }
    undeclared = UndeclaredRowDecoder(jobMetrics: metrics)
    first = decoders.first
    others = Array(decoders.dropFirst())
    finder = decoders.count > 1 && !includesUndeclared ? RowSchemaFinder(decoders) : nil
  }

  /// Decodes one payload, on any thread, without allocating, changing or keeping anything.
  ///
  /// If no schema can read it, the refusal is that of the one whose columns it has, or else of the one that got furthest.
  public func decode(_ payload: UnsafeRawBufferPointer) -> RowVerdict {
    if let first, others.isEmpty, !includesUndeclared { return first.decode(payload) }
    switch finder?.find(payload) {
    case .row(let row): return .row(row)
    case .contested(let variants): return decode(payload, with: variants)
    case .nothing, nil: return decodeWithAll(payload)
    }
  }

  /// Decodes one payload, on any thread, without allocating, changing or keeping anything.
  public func decode(_ payload: RawSpan) -> RowVerdict {
    payload.withUnsafeBytes { decode($0) }
  }

  /// Decodes one payload with every schema.
  @inline(never)
  package func decodeWithAll(_ payload: UnsafeRawBufferPointer) -> RowVerdict {
    var found = Findings(payload: payload)
    if let first { found.add(first.read(payload), variant: 0) }
    for index in others.indices { found.add(others[index].read(payload), variant: index + 1) }
    if includesUndeclared {
      switch undeclared.decode(payload) {
      case .row(let row): found.add(.row(row), variant: schemas.count)
      case .refused(let refusal): found.add(.refused(refusal), variant: schemas.count)
      }
    }
    return found.verdict
  }

  /// Decodes one payload with those schemas that can have readings of it.
  @inline(never)
  private func decode(_ payload: UnsafeRawBufferPointer, with variants: [Int]) -> RowVerdict {
    var found = Findings(payload: payload)
    for variant in variants {
      if let decoder = variant == 0 ? first : others[variant - 1] { found.add(decoder.read(payload), variant: variant) }
    }
    return found.verdict
  }

  /// What the schemas said so far.
  private struct Findings {
    let payload: UnsafeRawBufferPointer
    /// The first reading, of whatever types; all others must agree with it.
    var reading: DecodedRow?
    /// Whether there is another.
    var hasOthers = false
    /// The first reading with the right types.
    var row: DecodedRow?
    /// Why the row cannot be trusted, whatever else is found.
    var doubt: RowRefusal?
    /// The first refusal of a row that was read to its end, but with a value of another type.
    var wrongType: RowRefusal?
    /// The refusal that came furthest, among the others.
    var furthest: RowRefusal?

    mutating func add(_ outcome: RowDecoder.Outcome, variant: Int) {
      switch outcome {
      case .row(var row):
        row.variant = variant
        compare(row)
        if self.row == nil { self.row = row }
      case .wrongType(var row, var refusal):
        row.variant = variant
        refusal.variant = variant
        compare(row)
        wrongType = wrongType ?? refusal
      case .refused(var refusal):
        refusal.variant = variant
        if refusal.reason == .ambiguous || refusal.reason == .tooDoubtful { doubt = doubt ?? refusal }
        note(refusal)
      }
    }

    private mutating func compare(_ row: DecodedRow) {
      guard let reading else {
        self.reading = row
        return
      }
      hasOthers = true
      if !reading.hasIdentity(of: row, in: payload), doubt == nil {
        doubt = RowRefusal(reason: .ambiguous, variant: row.variant)
      }
    }

    private mutating func note(_ refusal: RowRefusal) {
      if let furthest, furthest.offset >= refusal.offset { return }
      furthest = refusal
    }

    var verdict: RowVerdict {
      if let doubt { return .refused(doubt) }
      if var row {
        row.isOfOneSchema = !hasOthers
        return .row(row)
      }
      return .refused(wrongType ?? furthest ?? RowRefusal(reason: .columnMismatch))
    }
  }
}

extension DecodedRow {
  /// Whether two readings of the same payload say the same about whose row it is, byte for byte, and when it was made: whose a
  /// job number is depends on the time.
  func hasIdentity(of other: DecodedRow, in payload: UnsafeRawBufferPointer) -> Bool {
    func isSame(_ one: ByteRange?, _ two: ByteRange?) -> Bool {
      guard let one, let two else { return one == nil && two == nil }
      return one == two || one.bytes(in: payload).elementsEqual(two.bytes(in: payload))
    }
    // The node's number tells where a row is from that names no node.
    return isSame(producer, other.producer) && isSame(instance, other.instance) && job == other.job
      && component == other.component && timestamp == other.timestamp
  }
}
