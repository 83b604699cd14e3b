/// A row schema made ready for comparing: for each column the bytes that stand before its value, and what the value can
/// be.
///
/// A class, so that a decoder is one reference and decoding counts none. `@unchecked Sendable`: the memory behind
/// `steps` and `words` is written in `init` and never again, and freed with the template.
final class RowTemplate: @unchecked Sendable {
  /// What the decoder does with a value, apart from checking it.
  enum Use: UInt8, Sendable {
    case none, producer, instance, job, component, timestamp
    /// The range of the value is noted; ``Step/otherUse`` says what else it is used for.
    case observed
  }

  /// One column.
  struct Step: Sendable {
    /// The first of the column's words in ``RowTemplate/words``.
    var firstWord: Int32
    /// The number of expected bytes: the name and the five or so around it.
    var length: Int32
    var kind: PrintedKind
    var use: Use
    /// What an observed value is used for besides; ``Use/none`` for all others.
    var otherUse = Use.none
    /// The slot of an observed value.
    var slot: UInt8 = 0
    /// The place of a job column among those that may hold the number; the first that is not 0 does.
    var jobRank: UInt8 = 0
  }

  /// What it was made from.
  let schema: RowSchema
  /// The columns, in order.
  let steps: UnsafeBufferPointer<Step>
  /// The expected bytes of all columns, one after another as words.
  ///
  /// Up to 7 bytes: one word, zeros behind. To 16: the first eight bytes and the last eight, which may overlap. To 32:
  /// the first sixteen and the last sixteen. More: eight by eight, then the last eight. Thus whole words are compared
  /// and nothing past the expected bytes is read.
  let words: UnsafePointer<UInt64>
  /// The expected bytes of each column: `{"timestamp":`, `,"producer":`.
  let expected: [[UInt8]]
  /// Whether a reading in which every string ends at its first quote is the only one.
  ///
  /// ``RowDecoder`` says why.
  let isPlain: Bool
  /// The first column that LDMS cannot print.
  let firstUnprintable: Int?

  /// - Parameters:
  ///   - observed: the columns to observe, by their position; a column's place in this list is its slot.
  ///   - metrics: those that may hold the number of a row's job; at most 255.
  init(
    _ schema: RowSchema, observing observed: [Int] = [], jobMetrics metrics: [String] = RowSchema.standardJobMetrics
  ) {
    precondition(observed.count <= ObservedValues.limit, "more columns to observe than can be")
    precondition(Set(observed).count == observed.count, "a column is observed once")
    precondition(observed.allSatisfy(schema.columns.indices.contains), "a column to observe is one of the schema's")
    let jobColumns = schema.jobColumns(ofMetrics: metrics).filter { schema.columns[$0].canHoldJob }
    let roles = IdentityRole.allCases.map { (role: $0, column: schema.index(of: $0)) }
    let timestampColumn = schema.columns.firstIndex { $0.source == "timestamp" || $0.source == "M_timestamp" }
    let componentColumn = schema.columns.firstIndex { $0.source == "component_id" && $0.member == nil }
    var steps: [Step] = []
    var words: [UInt64] = []
    var expected: [[UInt8]] = []
    for (index, column) in schema.columns.enumerated() {
      let kind = PrintedKind(source: column.source, type: column.type)
      var use: Use =
        switch roles.first(where: { $0.column == index })?.role {
        case .producer: .producer
        case .instance: .instance
        case .job, nil: jobColumns.contains(index) ? .job : .none
        }
      if index == timestampColumn, kind == .timestamp { use = .timestamp }
      if index == componentColumn, use == .none, column.canHoldJob { use = .component }
      let bytes = Array((index == 0 ? "{\"" : ",\"").utf8) + Array(column.name.utf8) + Array("\":".utf8)
      var step = Step(firstWord: Int32(words.count), length: Int32(bytes.count), kind: kind, use: use)
      if let rank = jobColumns.firstIndex(of: index) { step.jobRank = UInt8(min(rank, 254)) }
      if let slot = observed.firstIndex(of: index) {
        step.use = .observed
        step.otherUse = use
        step.slot = UInt8(slot)
      }
      steps.append(step)
      words += Self.words(of: bytes)
      expected.append(bytes)
    }
    self.schema = schema
    self.steps = Self.copy(steps)
    // At least one, for an address that is none.
    self.words = UnsafePointer(Self.copy(words + [0]).baseAddress.unsafelyUnwrapped)
    self.expected = expected
    isPlain = !steps.isEmpty && Self.isPlain(schema.columns.map { Array($0.name.utf8) })
    firstUnprintable = steps.firstIndex { $0.kind == .unprintable }
  }

  deinit {
    steps.deallocate()
    words.deallocate()
  }

  private static func copy<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
    let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = memory.initialize(fromContentsOf: elements)
    return UnsafeBufferPointer(memory)
  }

  /// The layout of ``words`` for one column.
  private static func words(of bytes: [UInt8]) -> [UInt64] {
    func word(_ offset: Int) -> UInt64 {
      bytes[offset...].prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    let count = bytes.count
    if count < 8 { return [word(0)] }
    if count <= 16 { return [word(0), word(count - 8)] }
    if count <= 32 { return [word(0), word(8), word(count - 16), word(count - 8)] }
    return stride(from: 0, through: count - 8, by: 8).map(word) + [word(count - 8)]
  }

  private static func isPlain(_ names: [[UInt8]]) -> Bool {
    Set(names).count == names.count
      && !names.contains { $0.contains(UInt8(ascii: "\"")) || $0 == [UInt8(ascii: ",")] }
  }
}

extension Column {
  /// Whether a job id, or the like, printed with this type is the job's id.
  ///
  /// `job_id` is a `u64` metric, and Slurm's ids have 32 bits. LDMS casts silently: as `u8`, job 261 says 5, which is
  /// another's job.
  var canHoldJob: Bool {
    switch type {
    case nil, .scalar(.u32), .scalar(.s32), .scalar(.u64), .scalar(.s64): true
    case .scalar, .array, .timestamp, .list, .record, .recordArray, .recordType: false
    }
  }
}
