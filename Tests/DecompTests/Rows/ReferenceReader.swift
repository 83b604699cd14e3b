import Decomp

/// Reads rows by the definition, slowly: every way to choose values is counted.
///
/// It shares no code with the decoder that it checks.
struct ReferenceReader {
  let schema: RowSchema
  let payload: [UInt8]

  /// A value: its range in the payload, quotes and brackets included.
  typealias Values = [Range<Int>]

  /// How many readings there are (3 stands for more), and the first one.
  func readings() -> (count: Int, first: Values?) {
    let names = schema.columns.map { Array(($0.name).utf8) }
    var separators = names.map { Array(",\"".utf8) + $0 + Array("\":".utf8) }
    separators[0][0] = UInt8(ascii: "{")
    guard payload.starts(with: separators[0]) else { return (0, nil) }
    var known: [Int: (Int, Values?)] = [:]
    func count(_ column: Int, _ start: Int) -> (Int, Values?) {
      let key = column * (payload.count + 1) + start
      if let answer = known[key] { return answer }
      var total = 0
      var first: Values?
      for end in ends(start) {
        var rest: (Int, Values?) = (0, nil)
        if column == names.count - 1 {
          if end == payload.count - 1, payload[end] == UInt8(ascii: "}") { rest = (1, []) }
        } else if payload[end...].starts(with: separators[column + 1]) {
          rest = count(column + 1, end + separators[column + 1].count)
        }
        total = min(3, total + rest.0)
        if first == nil, let values = rest.1 { first = [start..<end] + values }
      }
      known[key] = (total, first)
      return (total, first)
    }
    return count(0, separators[0].count)
  }

  /// Where a value that begins at an offset can end.
  private func ends(_ start: Int) -> [Int] {
    guard start < payload.count else { return [] }
    switch payload[start] {
    case UInt8(ascii: "\""):
      var ends: [Int] = []
      var hasNUL = false
      for index in (start + 1)..<max(payload.count, start + 1) {
        if payload[index] == UInt8(ascii: "\""), !hasNUL || index == start + 2 { ends.append(index + 1) }
        if payload[index] == 0 { hasNUL = true }
      }
      return ends
    case UInt8(ascii: "["):
      guard let end = payload[start...].firstIndex(of: UInt8(ascii: "]")),
        !payload[start..<end].contains(UInt8(ascii: "\""))
      else { return [] }
      return [end + 1]
    default:
      guard
        let end = payload[start...].firstIndex(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }),
        end > start, !payload[start..<end].contains(UInt8(ascii: "\""))
      else { return [] }
      return [end]
    }
  }

  /// What the decoder has to say about the payload, with the place of a refusal taken from what it did say.
  ///
  /// Refusals for want of a reading are all alike here; and the decoder may find a row too doubtful to count its
  /// readings.
  func expected(ignoringPlaceOf verdict: RowVerdict) -> RowVerdict {
    guard case .refused(let said) = verdict, case .refused(let due) = expected() else { return expected() }
    let noReading: Set<RowRefusal.Reason> = [
      .avro, .notAnObject, .columnMismatch, .truncated, .trailingBytes, .badValue, .tooDoubtful,
    ]
    if due.reason == .columnMismatch, noReading.contains(said.reason) { return verdict }
    return due.reason == said.reason || said.reason == .tooDoubtful ? verdict : .refused(due)
  }

  /// What the decoder has to say about the payload.
  func expected() -> RowVerdict {
    guard !payload.isEmpty else { return .refused(RowRefusal(reason: .empty)) }
    let (count, first) = readings()
    guard count == 1, let values = first else {
      return .refused(RowRefusal(reason: count == 0 ? .columnMismatch : .ambiguous))
    }
    var row = DecodedRow()
    for (column, range) in zip(schema.columns, values) where !ReferenceValue(column, payload[range]).isPrintable {
      return .refused(RowRefusal(reason: .badValue))
    }
    func inside(_ source: Set<String>) -> ByteRange? {
      guard let index = schema.columns.firstIndex(where: { source.contains($0.source) && $0.member == nil }) else {
        return nil
      }
      return ByteRange(offset: values[index].lowerBound + 1, count: values[index].count - 2)
    }
    row.producer = inside(["producer", "M_producer"])
    row.instance = inside(["instance", "M_instance"])
    if let index = schema.columns.firstIndex(where: { $0.source == "job_id" && $0.member == nil }) {
      let types: [MetricType?] = [nil, .scalar(.u32), .scalar(.s32), .scalar(.u64), .scalar(.s64)]
      let text = String(decoding: payload[values[index]], as: UTF8.self)
      let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      if types.contains(schema.columns[index].type) {
        row.job = isNumber ? UInt64(text) : nil
        if isNumber, row.job == nil { return .refused(RowRefusal(reason: .badValue)) }
      }
    }
    if let index = schema.columns.firstIndex(where: { $0.source == "component_id" && $0.member == nil }) {
      let types: [MetricType?] = [nil, .scalar(.u32), .scalar(.s32), .scalar(.u64), .scalar(.s64)]
      let text = String(decoding: payload[values[index]], as: UTF8.self)
      let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      if types.contains(schema.columns[index].type), isNumber { row.component = UInt64(text) }
    }
    if let index = schema.columns.firstIndex(where: { $0.source == "timestamp" || $0.source == "M_timestamp" }),
      schema.columns[index].type == nil || schema.columns[index].type == .timestamp
    {
      let parts = String(decoding: payload[values[index]], as: UTF8.self).split(separator: ".")
      if let seconds = UInt32(parts[0]), let microseconds = UInt32(parts[1]) {
        row.timestamp = RowTimestamp(seconds: seconds, microseconds: microseconds)
      }
    }
    return .row(row)
  }
}

/// A value of a column, checked against what LDMS's formats print for the column's type.
struct ReferenceValue {
  private let column: Column
  private let bytes: ArraySlice<UInt8>

  init(_ column: Column, _ bytes: ArraySlice<UInt8>) {
    self.column = column
    self.bytes = bytes
  }

  var isPrintable: Bool {
    if ["producer", "M_producer", "instance", "M_instance", "M_schema", "M_digest"].contains(column.source) {
      return isString
    }
    switch column.type {
    case .scalar(.char): return bytes.count == 3 && isQuoted
    case .scalar(let scalar): return isNumber(bytes, scalar)
    case .array(.char): return isString
    case .array(let scalar): return isArray(scalar)
    case .timestamp: return isTimestamp
    case .list, .record, .recordArray, .recordType: return false
    case nil:
      if ["timestamp", "M_timestamp", "M_duration"].contains(column.source) { return isTimestamp }
      if ["M_uid", "M_gid", "M_perm", "M_card"].contains(column.source) { return isNumber(bytes, .u32) }
      return isString || (isQuoted && bytes.count == 3) || isArray(.d64) || isNumber(bytes, .d64)
    }
  }

  private var isQuoted: Bool {
    bytes.count >= 2 && bytes.first == UInt8(ascii: "\"") && bytes.last == UInt8(ascii: "\"")
  }

  private var isString: Bool { isQuoted && !bytes.contains(0) }

  private var isTimestamp: Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { isDigits($0) && UInt32(String(decoding: $0, as: UTF8.self)) != nil }
      && parts[1].count >= 6
  }

  private func isArray(_ scalar: MetricType.Scalar) -> Bool {
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") else { return false }
    let inside = bytes.dropFirst().dropLast()
    return inside.isEmpty
      || inside.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .allSatisfy { isNumber($0, scalar) }
  }

  private func isDigits(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.count <= 20 && bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private func isNumber(_ bytes: ArraySlice<UInt8>, _ scalar: MetricType.Scalar) -> Bool {
    let rest = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
    switch scalar {
    case .u8, .u16, .u32, .u64: return isDigits(bytes)
    case .s8, .s16, .s32, .s64: return isDigits(rest)
    case .char: return false
    case .f32, .d64:
      let text = String(decoding: rest, as: UTF8.self)
      if text == "nan" || text == "inf" { return true }
      let parts = text.split(separator: "e", omittingEmptySubsequences: false)
      let decimals = parts[0].split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count <= 2, decimals.count <= 2, isDigits(ArraySlice(decimals[0].utf8)) else { return false }
      if decimals.count == 2, decimals[1].isEmpty || !decimals[1].utf8.allSatisfy({ isDigits([$0]) }) { return false }
      if parts.count == 2 {
        let exponent = parts[1]
        guard exponent.first == "-" || exponent.first == "+", (3...4).contains(exponent.count) else { return false }
        return isDigits(ArraySlice(exponent.dropFirst().utf8))
      }
      return true
    }
  }
}
