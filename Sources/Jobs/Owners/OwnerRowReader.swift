package import Decomp
internal import Naming

/// Reads the rows of an authority (`identity.owners`), of one row schema or of topics of `as_is` rows.
///
/// It reads a row again, apart from the decoder of the routing, and allocates nothing until the row says something new.
package struct OwnerRowReader: Sendable {
  private enum Rows: Sendable {
    /// A decomposition declares the columns; the decoder observes them in this order.
    case declared(RowDecoder, [OwnerRowValues.Slot])
    case undeclared(UndeclaredOwnerRow)
  }

  private let rows: Rows
  private let condition: OwnerRule.Condition?
  /// Whether rows report the end of jobs, so that a row without an end belongs to a job that continues.
  private let saysEnds: Bool
  /// Whether `component_id` is the number of a node.
  private let hasNodeNumber: Bool

  /// A reader for the rows of a schema.
  ///
  /// Times that the rule does not name are taken from columns with LDMS's `job_start` and `job_end`.
  ///
  /// - Throws: what is wrong with the rule for this row schema.
  package init(_ rule: OwnerRule, schema: RowSchema) throws(OwnerRuleError) {
    try rule.check(against: schema)
    var columns: [Int] = []
    var slots: [OwnerRowValues.Slot] = []
    func observe(_ index: Int, _ slot: OwnerRowValues.Slot) {
      columns.append(index)
      slots.append(slot)
    }
    var jobIsComponent = false
    var hasEnd = false
    for member in OwnerRule.Member.allCases {
      guard let index = rule.index(of: member, in: schema) else { continue }
      if member == .job, schema.columns[index].source == "component_id" { jobIsComponent = true }
      if member == .end { hasEnd = true }
      observe(index, .member(member))
    }
    if let condition = rule.condition {
      if let index = schema.index(ofColumn: condition.column) { observe(index, .left) }
      if case .column(let other) = condition.value, let index = schema.index(ofColumn: other) { observe(index, .right) }
    }
    // A column is observed once, and may stand for several things.
    var unique: [Int] = []
    for column in columns where !unique.contains(column) { unique.append(column) }
    rows = .declared(
      RowDecoder(schema, observing: unique),
      unique.map { column in
        let all = zip(columns, slots).filter { $0.0 == column }.map(\.1)
        return all.count == 1 ? all[0] : .several(all)
      })
    condition = rule.condition
    saysEnds = hasEnd
    hasNodeNumber = !jobIsComponent
  }

  /// A reader for rows of `as_is` decompositions, of which nobody declared the columns.
  package init(undeclared rule: OwnerRule) {
    rows = .undeclared(UndeclaredOwnerRow(rule))
    condition = rule.condition
    saysEnds = true
    hasNodeNumber = rule.columns[.job] != "component_id"
  }

  /// What a row says; `nil` where it says nothing: it is no such row, its job is 0, or it names nobody.
  ///
  /// - Parameter filter: what has been seen lately; such a row says nothing new.
  package func read(_ payload: UnsafeRawBufferPointer, unlessSeen filter: inout OwnerRowFilter) -> OwnerRow? {
    guard let values = values(payload), filter.admits(values, in: payload) else { return nil }
    return row(values, payload)
  }

  /// What a row says, seen or not.
  package func read(_ payload: UnsafeRawBufferPointer) -> OwnerRow? {
    values(payload).flatMap { row($0, payload) }
  }

  private func values(_ payload: UnsafeRawBufferPointer) -> OwnerRowValues? {
    var values = OwnerRowValues()
    switch rows {
    case .declared(let decoder, let slots):
      guard case .row(let row) = decoder.decode(payload), let time = row.timestamp?.milliseconds, time > 0 else {
        return nil
      }
      values.time = time
      if hasNodeNumber { values.component = row.component }
      for slot in slots.indices {
        if let range = row.observed[slot] { values.note(slots[slot], range, in: payload) }
      }
    case .undeclared(let reader):
      guard reader.read(payload, into: &values) else { return nil }
      if !hasNodeNumber { values.component = nil }
    }
    if let condition {
      guard let left = values.left else { return nil }
      let right: UInt64?
      switch condition.value {
      case .column: right = values.right
      case .number(let number): right = number
      }
      guard let right, (left == right) == condition.isEqual else { return nil }
    }
    // Idle nodes have rows of job 0, and name root.
    guard let job = values.job, (1...SlurmMessage.largestJob).contains(job) else { return nil }
    guard values.uid != nil || values.user != nil else { return nil }
    return values
  }

  private func row(_ values: OwnerRowValues, _ payload: UnsafeRawBufferPointer) -> OwnerRow? {
    guard let job = values.job else { return nil }
    let user: OwnerRow.User
    if let uid = values.uid {
      guard let number = UInt32(exactly: uid) else { return nil }
      user = .number(number)
    } else if let range = values.user, let name = Self.text(range, payload), UserName.isValid(name) {
      user = .name(name)
    } else {
      return nil
    }
    var host: Name?
    if let range = values.host {
      // A claim that names a host which cannot be read must not hold on all of them.
      guard let name = Self.text(range, payload), HostName.isValid(name) else { return nil }
      host = name
    }
    return OwnerRow(
      job: job, user: user, host: host, component: values.component, start: Self.milliseconds(values.start),
      end: Self.milliseconds(values.end), time: values.time,
      saysTimes: saysEnds && Self.milliseconds(values.start) != nil)
  }

  /// Seconds since 1970 in milliseconds; `nil` for none, which is 0.
  private static func milliseconds(_ seconds: UInt64?) -> Int64? {
    guard let seconds, seconds > 0, seconds <= UInt64(SlurmTime.latest) else { return nil }
    return Int64(seconds) * 1000
  }

  /// A text without its quotes; `nil` for none.
  private static func text(_ range: ByteRange, _ payload: UnsafeRawBufferPointer) -> Name? {
    let text = range.bytes(in: payload)
    let quote = UInt8(ascii: "\"")
    guard text.count > 2, text.first == quote, text.last == quote else { return nil }
    return Name(text[1..<text.count - 1])
  }
}
