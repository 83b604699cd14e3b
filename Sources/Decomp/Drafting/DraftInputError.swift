internal import Wording

/// Why nothing can be drafted from a file.
public struct DraftInputError: Error, Sendable, Hashable {
  /// The file's name, as given.
  public var file: String
  /// The line, from 1; `nil` where the whole file is meant.
  public var line: Int?
  /// What is wrong.
  public var problem: String
  /// What to do about it.
  public var remedy: String

  /// An error about a file.
  public init(file: String, line: Int? = nil, problem: String, remedy: String) {
    self.file = file
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }
}

extension DraftInputError: CustomStringConvertible {
  /// One line: `sets.txt:3: ...; ...`.
  public var description: String {
    "\(printable(file))\(line.map { ":\($0)" } ?? ""): \(problem); \(remedy)"
  }
}
