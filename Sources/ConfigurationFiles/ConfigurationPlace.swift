/// The place of a value in the configuration.
public enum ConfigurationPlace: Sendable, Hashable {
  /// Nowhere: it is the default.
  case standard
  /// A place in a file; line and column count from 1, columns in characters.
  case file(String, line: Int, column: Int)
  /// A file as a whole, or one that cannot be read.
  case wholeFile(String)
  /// An environment variable.
  case environment(String)

  /// The file that it was written in, as it was named.
  public var path: String? {
    switch self {
    case .file(let path, _, _), .wholeFile(let path): path
    case .standard, .environment: nil
    }
  }
}

extension ConfigurationPlace: CustomStringConvertible {
  /// `router.yaml:3:7`, as compilers write it; or the variable's name.
  public var description: String {
    switch self {
    case .standard: "default"
    case .file(let path, let line, let column): "\(path):\(line):\(column)"
    case .wholeFile(let path): path
    case .environment(let name): name
    }
  }
}
