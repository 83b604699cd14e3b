public import ConfigurationFiles
public import Decomp

/// Something that a check found: what is wrong or doubtful, where, and what to do about it.
public struct CheckFinding: Sendable, Hashable {
  /// How bad it is.
  public enum Severity: String, Sendable, Hashable {
    /// The configuration works, but not as its author probably expects.
    case warning
    /// The configuration does not work.
    case error
  }

  /// How bad it is.
  public var severity: Severity
  /// The file, with line and column where there are, as compilers write it; or the environment variable.
  public var place: String
  /// The path in the JSON; `nil` outside of JSON.
  public var path: String?
  /// What it is about, by a name that stays the same; `nil` where it has none.
  public var code: String?
  /// What is wrong.
  public var message: String
  /// What to do about it, or what would be right; `nil` where the message says it.
  public var remedy: String?

  /// A finding.
  public init(
    _ severity: Severity, at place: String, path: String? = nil, code: String? = nil, _ message: String,
    remedy: String? = nil
  ) {
    self.severity = severity
    self.place = place
    self.path = path
    self.code = code
    self.message = message
    self.remedy = remedy
  }
}

extension CheckFinding {
  /// An error of LDMS's parser.
  public init(_ error: DecompositionError) {
    self.init(
      .error, at: Self.place(error.file, error.line, error.column), path: error.path, error.problem,
      remedy: error.expected)
  }

  /// What LDMS accepts, but should not be left so.
  public init(_ warning: DecompositionWarning) {
    self.init(
      .warning, at: Self.place(warning.file, warning.line, warning.column), path: warning.path,
      code: warning.code.rawValue, warning.message, remedy: warning.remedy)
  }

  /// A problem of the configuration.
  ///
  /// - Parameter file: the configuration's file, where what is not written in it belongs; `nil` for the environment.
  public init(_ severity: Severity, _ problem: ConfigurationProblem, in file: String?) {
    let place = problem.place == .standard ? file ?? "environment" : problem.place.description
    self.init(severity, at: place, problem.message)
  }

  private static func place(_ file: String, _ line: Int?, _ column: Int?) -> String {
    guard let line, let column else { return file }
    return "\(file):\(line):\(column)"
  }
}

extension CheckFinding: CustomStringConvertible {
  /// One line: `decomp.json:3:9: warning: $.rows[0]: no column comes from producer; add it [no-producer]`.
  ///
  /// Whatever others have chosen is in it as it is.
  public var description: String {
    var text = "\(place): \(severity.rawValue): "
    if let path { text += "\(path): " }
    text += message
    if let remedy { text += "; \(remedy)" }
    if let code { text += " [\(code)]" }
    return text
  }
}
