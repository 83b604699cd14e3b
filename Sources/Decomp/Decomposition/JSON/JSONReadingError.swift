/// A text that is not JSON.
public struct JSONReadingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  public var line: Int
  /// How many characters of it jansson had read.
  public var column: Int
  /// What jansson says.
  public var message: String

  /// The place and the problem.
  public var description: String { "line \(line), column \(column): \(message)" }
}
