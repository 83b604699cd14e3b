internal import Wording

/// Why a `decomp.json` cannot be used: LDMS refuses it, or it cannot be read.
public struct DecompositionError: Error, Sendable, Hashable {
  /// What kind of trouble it is.
  public enum Kind: Sendable, Hashable {
    /// The file cannot be read.
    case unreadable
    /// jansson, LDMS's own JSON parser, refuses the text.
    case notJSON
    /// LDMS's decomposer refuses what the text says.
    case refused
    /// LDMS's daemon would crash while it reads this.
    case crashesLDMS
  }

  /// What kind of trouble it is.
  public var kind: Kind
  /// The file's name, as given.
  public var file: String
  /// The path in the JSON: `$.rows[0].cols[2].op`; `nil` if there is no JSON.
  public var path: String?
  /// The line, from 1; `nil` for a file that cannot be read.
  public var line: Int?
  /// The column in characters, from 1; for `notJSON` that of the last character which jansson read.
  public var column: Int?
  /// What is wrong.
  public var problem: String
  /// What would be right, or what to do.
  public var expected: String?
}

extension DecompositionError: CustomStringConvertible {
  /// One line: `decomp.json:12:31: $.rows[0].cols[2].op: "sum" is not an operation; expected one of diff, ...`.
  public var description: String {
    var text = printable(file)
    if let line, let column { text += ":\(line):\(column)" }
    if let path { text += ": \(path)" }
    text += ": \(problem)"
    if let expected { text += "; \(expected)" }
    return text
  }
}
