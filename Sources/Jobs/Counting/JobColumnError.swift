internal import Wording

/// A text that names no column, and what to write instead.
public struct JobColumnError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with it.
  public enum Problem: Sendable, Hashable {
    /// `rate(` without `)` at the end.
    case openRate
    /// The text has no `/`.
    case noSchema
    /// There is nothing before the `/`, or a character that the name of a row schema cannot have in Kafka.
    case badSchema
    /// There is nothing after the `/`, or a brace in the wrong place.
    case badColumn
    /// Braces without `COLUMN=VALUE` in them, or with something behind them.
    case badFilter
    /// The text is longer than the limit.
    case tooLong
  }

  /// The text.
  public var text: String
  /// What is wrong.
  public var problem: Problem

  /// What is wrong and what to do.
  public var description: String {
    let text = quoted(text)
    return switch problem {
    case .openRate: "\(text) begins with rate( and does not end with ); write rate(procstat2/ctxt)"
    case .noSchema: "\(text) does not name a row schema; write SCHEMA/COLUMN, as in loadavg/load1min"
    case .badSchema:
      "\(text) has no row schema name (letters, digits and . _ -) before the /; write loadavg/load1min"
    case .badColumn: "\(text) has no column name after the /; write loadavg/load1min"
    case .badFilter:
      "\(text) does not select rows by a column; write procstat2/user{name=cpu}, with nothing after the }"
    case .tooLong: "the column is too long; at most \(JobColumn.mostBytes) bytes"
    }
  }
}
