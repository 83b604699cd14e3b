/// Why a recording cannot be read: the place, what is wrong there, and what to do.
public struct RecordingError: Error, Hashable, CustomStringConvertible {
  /// The file at fault, as it was opened.
  public let file: String
  /// The line, counted from 1; `nil` for the whole file.
  public let line: Int?
  /// What is wrong, as a clause.
  public let problem: String
  /// What to do about it, as a clause.
  public let remedy: String
  /// Whether the file is missing or unreadable, rather than wrong.
  public let isUnreadable: Bool

  /// An error at that place.
  public init(file: String, line: Int? = nil, problem: String, remedy: String, isUnreadable: Bool = false) {
    self.isUnreadable = isUnreadable
    self.file = file
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }

  /// The place, the problem and the remedy in one line.
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(problem); \(remedy)"
  }
}
