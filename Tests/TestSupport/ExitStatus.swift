/// How a process ended.
public enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
  /// By itself, with this code; 127 also stands for a program that could not be found.
  case exited(CInt)
  /// By a signal.
  case signalled(CInt)

  /// As in "ended with code 2".
  public var description: String {
    switch self {
    case .exited(let code): "ended with code \(code)"
    case .signalled(let number): "was ended by signal \(number)"
    }
  }
}
