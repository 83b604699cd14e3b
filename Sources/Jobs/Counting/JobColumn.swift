package import Decomp

/// A column of rows whose last value is kept of each job and node, as `jobs.columns` names it:
/// `loadavg/load1min`, `rate(procstat2/user{name=cpu})`.
public struct JobColumn: Sendable, Hashable {
  /// A condition that selects rows of a sampler: those with this value in this column.
  public struct Filter: Sendable, Hashable {
    /// The column, matched as ``JobColumn/column`` is.
    public var column: String
    /// The value that the column must have, byte for byte. Only text columns can be compared.
    public var value: String
  }

  /// Whether the value is by how much the column grows in a second.
  public var isRate: Bool
  /// The name of a row schema, or what it begins with.
  public var schema: String
  /// The name of a column, or the metric that it comes from.
  public var column: String
  /// The condition on rows; `nil` for all rows.
  public var filter: Filter?

  /// The columns that are kept unless something else is configured: load, memory, CPU.
  public static let standard = [
    JobColumn(isRate: false, schema: "loadavg", column: "load1min"),
    JobColumn(isRate: false, schema: "meminfo", column: "MemTotal"),
    JobColumn(isRate: false, schema: "meminfo", column: "MemAvailable"),
    JobColumn(isRate: true, schema: "procstat2", column: "user", filter: Filter(column: "name", value: "cpu")),
    JobColumn(isRate: true, schema: "procstat2", column: "system", filter: Filter(column: "name", value: "cpu")),
  ]

  /// A column; nothing is checked.
  package init(isRate: Bool, schema: String, column: String, filter: Filter? = nil) {
    self.isRate = isRate
    self.schema = schema
    self.column = column
    self.filter = filter
  }

  /// Whether the column is one of this row schema: the schema has the name, or a longer one that continues with a character that
  /// is not a letter or digit.
  ///
  /// So `loadavg` means `loadavg_s` and, of `as_is`, `loadavg_8be3781`, but not `loadavg2`.
  public func matches(schemaNamed name: String) -> Bool {
    let name = name.utf8
    guard name.starts(with: schema.utf8) else { return false }
    guard let next = name.dropFirst(schema.utf8.count).first else { return true }
    return !JobColumn.isLetterOrDigit(next)
  }

  /// The column of a row schema that a name means: the first that is called so in the rows; else the first that comes
  /// from the metric of this name; else the first that comes from a member of this name of a list's records
  /// (`cpu_list[user]`, or `cpu_list.user`).
  ///
  /// What LDMS computes from a metric (`op`) is not that metric: it is found by its name in the rows only.
  package static func index(of name: String, in columns: [Column]) -> Int? {
    let name = Array(name.utf8)
    func isSame(_ text: String) -> Bool { text.utf8.elementsEqual(name) }
    func first(_ isMeant: (Column) -> Bool) -> Int? {
      columns.firstIndex { $0.operation == nil && isMeant($0) }
    }
    return columns.firstIndex { isSame($0.name) }
      ?? first { $0.member == nil && isSame($0.source) }
      ?? first { column in
        if let member = column.member { return isSame(member) }
        let source = Array(column.source.utf8)
        return source.count > name.count && source.reversed().starts(with: name.reversed())
          && source[source.count - name.count - 1] == UInt8(ascii: ".")
      }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    // A part of a letter in UTF-8.
    default: byte >= 0x80
    }
  }
}

extension JobColumn: CustomStringConvertible {
  /// The column as it is written in the configuration.
  public var description: String {
    let rows = filter.map { "{\($0.column)=\($0.value)}" } ?? ""
    let text = "\(schema)/\(column)\(rows)"
    return isRate ? "rate(\(text))" : text
  }
}
