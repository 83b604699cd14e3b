internal import Glibc

/// A call of the C library that failed.
public struct SystemError: Error, CustomStringConvertible {
  /// What was tried, as in "make a temporary directory".
  public let action: String
  /// The error number.
  public let code: CInt

  /// The failure of the last call of this thread, or the given one.
  public init(_ action: String, code: CInt? = nil) {
    self.code = code ?? errno
    self.action = action
  }

  /// What was tried, and why it failed.
  public var description: String { "cannot \(action): \(String(cString: strerror(code)))" }
}
