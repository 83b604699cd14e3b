/// A rule that makes a row schema an authority on the owners of jobs (`identity.owners`): the meaning of its columns.
///
/// Whoever may write such rows is believed, so none is an authority by itself.
package struct OwnerRule: Sendable, Hashable {
  /// What a column of an authority says.
  package enum Member: String, Sendable, Hashable, CaseIterable {
    case job, uid, user, host, start, end
  }

  /// A condition on rows: a column equals another one or a number, or does not.
  package struct Condition: Sendable, Hashable {
    /// What a column is compared with.
    package enum Value: Sendable, Hashable {
      case column(String)
      case number(UInt64)
    }

    package var column: String
    package var isEqual: Bool
    package var value: Value
  }

  /// The name of the row schema; of rows that are stored as they are, the metric set's schema.
  package var schema: String
  /// The column of each member; `job`, and one of `uid` and `user`, are present.
  package var columns: [Member: String]
  /// The condition on rows; `nil` for all rows.
  package var condition: Condition?

  /// A rule.
  package init(schema: String, columns: [Member: String], condition: Condition? = nil) {
    self.schema = schema
    self.columns = columns
    self.condition = condition
  }

  /// All columns that it names, each once.
  package var columnNames: [String] {
    var names: [String] = []
    var all = Member.allCases.compactMap { columns[$0] }
    if let condition {
      all.append(condition.column)
      if case .column(let other) = condition.value { all.append(other) }
    }
    for name in all where !names.contains(name) { names.append(name) }
    return names
  }
}

extension OwnerRule.Condition {
  /// Reads `COLUMN = COLUMN`, `COLUMN = NUMBER`, or the same with `!=`; `nil` for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard parts.count == 3, parts[1] == "=" || parts[1] == "!=", !parts[0].isEmpty, !parts[2].isEmpty else {
      return nil
    }
    guard UInt64(parts[0]) == nil else { return nil }
    column = parts[0]
    isEqual = parts[1] == "="
    value = UInt64(parts[2]).map { .number($0) } ?? .column(parts[2])
  }
}

extension OwnerRule.Condition: CustomStringConvertible {
  /// The condition as it is written in the configuration.
  package var description: String {
    let other =
      switch value {
      case .column(let name): name
      case .number(let number): String(number)
      }
    return "\(column) \(isEqual ? "=" : "!=") \(other)"
  }
}
