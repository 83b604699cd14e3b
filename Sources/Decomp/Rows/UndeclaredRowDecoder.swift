/// Decodes the rows of an `as_is` decomposition: their columns are those of the metric set, and nobody declared them.
///
/// So there is little to check: the row begins with `{"timestamp":` and a time, which `as_is` puts first
/// (`decomp_as_is.c`), and ends with `}`. Such rows carry no producer (a metric may have that name; it is not LDMS's).
/// They carry a job where the set has a metric that may hold its number, such as `job_id`.
///
/// **The job cannot be forged**: it is taken only from before the row's first string. Up to there the row is names and
/// numbers that LDMS printed, with one way to read them; from the first string on, a text that a user chose may look
/// like a column, such as `","job_id":7,"x":"`. That loses nothing: `sampler_base` makes `component_id`, `job_id` and
/// `app_id` a set's first metrics. Merely to look for `,"job_id":` would not do: rows of `mt-slurm2` have no such
/// column, but have users' job names.
public struct UndeclaredRowDecoder: Sendable {
  /// The name of each metric that may hold the job number, with the quote and the colon after it.
  private let jobNames: [[UInt8]]
  private let componentName: [UInt8]?

  /// A decoder for all rows of all `as_is` decompositions.
  ///
  /// - Parameter metrics: the metrics that may hold the number of a row's Slurm job; the first of them that is not 0 does.
  public init(jobMetrics metrics: [String] = RowSchema.standardJobMetrics) {
    func name(_ metric: String) -> [UInt8] { Array((metric + "\":").utf8) }
    jobNames = metrics.map(name)
    componentName = metrics.contains("component_id") ? nil : name("component_id")
  }

  /// Decodes one payload, on any thread, without allocating, changing or keeping anything.
  public func decode(_ payload: UnsafeRawBufferPointer) -> RowVerdict {
    guard let bytes = PayloadBytes(payload) else { return .refused(RowRefusal(reason: .empty)) }
    guard bytes.has(UInt8(ascii: "{"), at: bytes.start) else { return .refused(.notAnObject(bytes)) }
    guard let first = bytes.end(of: Self.beginning, at: bytes.start) else {
      return .refused(RowRefusal(reason: bytes.count < Self.beginning.utf8CodeUnitCount ? .truncated : .columnMismatch))
    }
    guard let timestamp = bytes.timestamp(first) else {
      return .refused(RowRefusal(reason: .badValue, offset: bytes.offset(first)))
    }
    let last = bytes.end - 1
    guard bytes.has(UInt8(ascii: "}"), at: last), timestamp.end <= last else {
      return .refused(RowRefusal(reason: .truncated, column: 1, offset: bytes.count))
    }
    guard timestamp.end == last || bytes.has(UInt8(ascii: ","), at: timestamp.end) else {
      return .refused(RowRefusal(reason: .columnMismatch, column: 1, offset: bytes.offset(timestamp.end)))
    }
    var row = DecodedRow(timestamp: timestamp.value)
    if let componentName, let value = value(of: componentName, bytes, behind: timestamp.end) {
      row.component = bytes.endOfBareValue(value).flatMap { bytes.unsignedValue(value, $0) }
    }
    for (rank, name) in jobNames.enumerated() {
      guard let value = value(of: name, bytes, behind: timestamp.end), let end = bytes.endOfBareValue(value) else {
        continue
      }
      guard end == last || bytes.has(UInt8(ascii: ","), at: end) else {
        return .refused(RowRefusal(reason: .columnMismatch, column: 1, offset: bytes.offset(end)))
      }
      guard row.take(.job, UInt8(min(rank, 254)), from: bytes, value, end) else {
        return .refused(RowRefusal(reason: .badValue, column: 1, offset: bytes.offset(value)))
      }
    }
    return .row(row)
  }

  /// Decodes one payload, on any thread, without allocating, changing or keeping anything.
  public func decode(_ payload: RawSpan) -> RowVerdict {
    payload.withUnsafeBytes { decode($0) }
  }

  /// What a row begins with.
  static let beginning: StaticString = "{\"timestamp\":"

  /// The start of a column's value, if no string comes before it from a position on.
  ///
  /// - Parameter name: its name with the quote and the colon behind it.
  private func value(
    of name: [UInt8], _ bytes: PayloadBytes, behind position: UnsafeRawPointer
  ) -> UnsafeRawPointer? {
    var position = position
    while let start = bytes.end(of: ",\"", at: position) {
      if let value = bytes.end(of: name, at: start) { return value }
      guard let value = bytes.end(of: "\":", at: bytes.quoteOrNUL(start)), let end = bytes.endOfBareValue(value) else {
        return nil
      }
      position = end
    }
    return nil
  }
}
