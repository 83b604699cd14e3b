/// Everything that is wrong in a configuration, not only the first thing.
///
/// Never empty.
public struct ConfigurationErrors: Error, Sendable, Equatable {
  /// The problems: those of files in the order of their lines, then those of the environment.
  public var problems: [ConfigurationProblem]

  /// These problems.
  public init(_ problems: [ConfigurationProblem]) {
    self.problems = problems
  }

  /// A single problem.
  package init(_ place: ConfigurationPlace, _ message: String, kind: ConfigurationProblem.Kind = .wrong) {
    problems = [ConfigurationProblem(place, message, kind: kind)]
  }

  /// These problems, with `key: ` before each message.
  package func under(_ key: String) -> ConfigurationErrors {
    ConfigurationErrors(problems.map { ConfigurationProblem($0.place, "\(key): \($0.message)", kind: $0.kind) })
  }
}

extension ConfigurationErrors: CustomStringConvertible {
  /// One line a problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension [ConfigurationProblem] {
  /// The problems in the order of the file, each once; places without a line come last.
  package func inReadingOrder() -> [ConfigurationProblem] {
    var seen: Set<ConfigurationProblem> = []
    let once = filter { seen.insert($0).inserted }
    return once.enumerated().sorted { left, right in
      switch (left.element.place, right.element.place) {
      case (.file(let path, let line, let column), .file(let otherPath, let otherLine, let otherColumn)):
        (path, line, column, left.offset) < (otherPath, otherLine, otherColumn, right.offset)
      case (.file, _): true
      case (_, .file): false
      default: left.offset < right.offset
      }
    }.map(\.element)
  }
}
