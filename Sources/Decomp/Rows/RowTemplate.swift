/// A row schema made ready for comparing: for each column the bytes that stand before its value, and what the value can
/// be.
struct RowTemplate: Sendable {
  /// What the decoder does with a value, apart from checking it.
  enum Use: UInt8, Sendable {
    case none, producer, instance, job, timestamp
  }

  /// One column.
  struct Step: Sendable {
    /// The first word of the expected bytes in ``RowTemplate/words``.
    var firstWord: Int32
    /// The number of expected bytes: the name and the five or so around it.
    var length: Int32
    var kind: ValueKind
    var use: Use
  }

  /// The columns, in order.
  let steps: [Step]
  /// The expected bytes of all columns (`{"timestamp":`, `,"producer":"` without the quote that opens the value), as
  /// words.
  ///
  /// Up to 8 bytes: one word, zeros behind. To 16: the first eight bytes and the last eight, which may overlap. To 32:
  /// the first sixteen and the last sixteen. More: eight by eight, then the last eight. Thus whole words can be
  /// compared without reading past the expected bytes.
  let words: [UInt64]
  /// Whether a reading in which every string ends at its first quote is the only one.
  ///
  /// ``RowDecoder`` says why.
  let isPlain: Bool
  /// The first column whose value may hold quotes; before it there is one way to read.
  let firstQuoted: Int
  /// The first column that LDMS cannot print.
  let firstUnprintable: Int?

  init(_ schema: RowSchema) {
    var steps: [Step] = []
    var words: [UInt64] = []
    let jobColumn = schema.index(of: .job)
    let producerColumn = schema.index(of: .producer)
    let instanceColumn = schema.index(of: .instance)
    let timestampColumn = schema.columns.firstIndex { $0.source == "timestamp" || $0.source == "M_timestamp" }
    for (index, column) in schema.columns.enumerated() {
      let kind = ValueKind(source: column.source, type: column.type)
      let use: Use =
        switch index {
        case producerColumn: .producer
        case instanceColumn: .instance
        case jobColumn where column.canHoldJob: .job
        case timestampColumn where kind == .timestamp: .timestamp
        default: .none
        }
      let expected = Array((index == 0 ? "{\"" : ",\"").utf8) + Array(column.name.utf8) + Array("\":".utf8)
      steps.append(
        Step(firstWord: Int32(words.count), length: Int32(expected.count), kind: kind, use: use))
      words += Self.words(of: expected)
    }
    self.steps = steps
    self.words = words
    isPlain = Self.isPlain(schema.columns.map(\.name))
    firstQuoted = steps.firstIndex { $0.kind.mayBeQuoted } ?? steps.count
    firstUnprintable = steps.firstIndex { $0.kind == .unprintable }
  }

  /// The layout of ``words`` for one column.
  private static func words(of bytes: [UInt8]) -> [UInt64] {
    func word(_ offset: Int) -> UInt64 {
      var word: UInt64 = 0
      for index in 0..<8 where offset + index < bytes.count {
        word |= UInt64(bytes[offset + index]) << UInt64(8 * index)
      }
      return word
    }
    let count = bytes.count
    if count < 8 { return [word(0)] }
    if count <= 16 { return [word(0), word(count - 8)] }
    if count <= 32 { return [word(0), word(8), word(count - 16), word(count - 8)] }
    return stride(from: 0, through: count - 8, by: 8).map(word) + [word(count - 8)]
  }

  /// One of the expected bytes of a column.
  static func byte(_ index: Int, of expected: UnsafePointer<UInt64>, length: Int) -> UInt8 {
    // Only the words at the back need not begin at a multiple of eight: two of them up to 32 bytes, else one.
    let count = length < 8 ? 1 : length <= 16 ? 2 : length <= 32 ? 4 : length / 8 + 1
    for word in 0..<count {
      let first =
        length > 16 && length <= 32 && word == 2
        ? length - 16 : length >= 8 && word == count - 1 ? length - 8 : 8 * word
      if index >= first, index < first + 8 {
        return UInt8(truncatingIfNeeded: expected[word] >> UInt64(8 * (index - first)))
      }
    }
    return 0
  }

  private static func isPlain(_ names: [String]) -> Bool {
    Set(names.map { Array($0.utf8) }).count == names.count
      && names.allSatisfy { name in
        name != "," && name.utf8.first != UInt8(ascii: ":") && !name.utf8.contains(UInt8(ascii: "\""))
      }
  }
}

extension Column {
  /// Whether a job id printed with this type is the job's id.
  ///
  /// LDMS casts silently: an `u8` of job 261 says 5, which is another's job.
  ///
  /// `job_id` is a `u64` metric, and Slurm's ids have 32 bits.
  fileprivate var canHoldJob: Bool {
    switch type {
    case nil, .scalar(.u32), .scalar(.s32), .scalar(.u64), .scalar(.s64): true
    case .scalar, .array, .timestamp, .list, .record, .recordArray, .recordType: false
    }
  }
}
