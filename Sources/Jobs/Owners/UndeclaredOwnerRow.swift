internal import Decomp
internal import Naming

/// Reads an authority's row that an `as_is` decomposition made.
///
/// Nobody declared its columns, and LDMS escapes nothing: a text that a user chose may look like columns. So each string ends at its
/// first quote, and each column that is wanted has to be there exactly once. LDMS prints the true one; a text that is made to look
/// like it comes beside it, and cannot hide it: wherever the text ends, LDMS's own quote ends it, and what follows is only a row if
/// the true columns are read as such.
package struct UndeclaredOwnerRow: Sendable {
  private static let beginning = Array("{\"timestamp\":".utf8)
  private static let quote = UInt8(ascii: "\"")
  private static let component = Array("component_id".utf8)

  private let names: [(name: [UInt8], slot: OwnerRowValues.Slot, isNeeded: Bool)]

  package init(_ rule: OwnerRule) {
    var names: [(name: [UInt8], slot: OwnerRowValues.Slot, isNeeded: Bool)] = OwnerRule.Member.allCases.compactMap {
      member in rule.columns[member].map { (Array($0.utf8), .member(member), true) }
    }
    // Where the rule names none, those of LDMS's own samplers are taken where they are.
    for (member, metric) in [(OwnerRule.Member.start, "job_start"), (.end, "job_end")] where rule.columns[member] == nil
    {
      names.append((Array(metric.utf8), .member(member), false))
    }
    if let condition = rule.condition {
      names.append((Array(condition.column.utf8), .left, true))
      if case .column(let other) = condition.value { names.append((Array(other.utf8), .right, true)) }
    }
    self.names = names
  }

  /// Reads a row.
  ///
  /// - Returns: whether it is one.
  package func read(_ payload: UnsafeRawBufferPointer, into values: inout OwnerRowValues) -> Bool {
    guard payload.starts(with: Self.beginning), payload.last == UInt8(ascii: "}") else { return false }
    // One bit a name, and one for `component_id`.
    var seen: UInt32 = 0
    var position = 1
    var isFirst = true
    while true {
      guard position < payload.count, payload[position] == Self.quote,
        let nameEnd = payload[(position + 1)...].firstIndex(of: Self.quote), nameEnd + 2 < payload.count,
        payload[nameEnd + 1] == UInt8(ascii: ":"), let valueEnd = Self.endOfValue(payload, from: nameEnd + 2)
      else { return false }
      let name = UnsafeRawBufferPointer(rebasing: payload[(position + 1)..<nameEnd])
      let value = ByteRange(offset: nameEnd + 2, count: valueEnd - nameEnd - 2)
      if isFirst {
        guard let time = Self.milliseconds(value.bytes(in: payload)) else { return false }
        values.time = time
        isFirst = false
      }
      guard note(name, value, payload, &seen, into: &values) else { return false }
      if valueEnd == payload.count - 1 { break }
      guard payload[valueEnd] == UInt8(ascii: ",") else { return false }
      position = valueEnd + 1
    }
    return names.indices.allSatisfy { !names[$0].isNeeded || seen & (1 << UInt32($0)) != 0 }
  }

  /// Notes a column; `false` if it occurs twice.
  private func note(
    _ name: UnsafeRawBufferPointer, _ value: ByteRange, _ payload: UnsafeRawBufferPointer, _ seen: inout UInt32,
    into values: inout OwnerRowValues
  ) -> Bool {
    for index in names.indices where name.elementsEqual(names[index].name) {
      let bit: UInt32 = 1 << UInt32(index)
      guard seen & bit == 0 else { return false }
      seen |= bit
      values.note(names[index].slot, value, in: payload)
    }
    if name.elementsEqual(Self.component) {
      let bit: UInt32 = 1 << 31
      guard seen & bit == 0 else { return false }
      seen |= bit
      values.component = OwnerRowValues.number(value, payload)
    }
    return true
  }

  private static func endOfValue(_ payload: UnsafeRawBufferPointer, from start: Int) -> Int? {
    let close =
      switch payload[start] {
      case quote: quote
      case UInt8(ascii: "["): UInt8(ascii: "]")
      default: UInt8(ascii: ",")
      }
    guard close == UInt8(ascii: ",") else {
      guard let end = payload[(start + 1)...].firstIndex(of: close), end + 1 < payload.count else { return nil }
      // LDMS's arrays are of numbers: one with quotes in it would be a text's, and hide columns.
      return close == quote || !payload[start..<end].contains(quote) ? end + 1 : nil
    }
    let end = payload[start...].firstIndex { $0 == close || $0 == UInt8(ascii: "}") }
    guard let end, end > start, !payload[start..<end].contains(quote) else { return nil }
    return end
  }

  /// A time as LDMS prints it, seconds and microseconds; `nil` for none.
  private static func milliseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard let dot = text.firstIndex(of: UInt8(ascii: ".")), dot + 3 < text.count, dot <= 10 else { return nil }
    var time: Int64 = 0
    for position in 0...(dot + 3) where position != dot {
      guard let digit = NodeList.digit(text[position]) else { return nil }
      time = time * 10 + Int64(digit)
    }
    return time > 0 ? time : nil
  }
}
