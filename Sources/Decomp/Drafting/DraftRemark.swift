internal import Wording

/// What an administrator should know about a drafted decomposition.
public struct DraftRemark: Sendable, Hashable {
  /// How much it matters.
  public enum Severity: String, Sendable, Hashable {
    /// Something is missing from the draft, or needs a decision.
    case warning
    /// How the draft came about, where it could have been otherwise.
    case note
  }

  /// How much it matters.
  public var severity: Severity
  /// The file that it is about, as given.
  public var file: String
  /// The line, from 1; `nil` where the whole file is meant.
  public var line: Int?
  /// What it is.
  public var message: String
  /// What to do about it; `nil`: nothing.
  public var remedy: String?

  /// The place as compilers write it: `sets.txt:3`.
  public var place: String { "\(printable(file))\(line.map { ":\($0)" } ?? "")" }
}

extension DraftRemark: CustomStringConvertible {
  /// One line: `sets.txt:3: warning: ...; ...`.
  public var description: String {
    "\(place): \(severity.rawValue): \(message)\(remedy.map { "; \($0)" } ?? "")"
  }
}
