public import ConfigurationFiles
public import Decomp

/// Everything that keeps a router from starting with a configuration.
public struct RouterSetupError: Error, Sendable {
  /// What is wrong in the files of the configuration and the environment.
  public var problems: [ConfigurationProblem]
  /// What is wrong with the decompositions that it names.
  public var decompositions: [DecompositionError]

  /// These mistakes.
  public init(problems: [ConfigurationProblem] = [], decompositions: [DecompositionError] = []) {
    self.problems = problems
    self.decompositions = decompositions
  }

  var isEmpty: Bool { problems.isEmpty && decompositions.isEmpty }
}

extension RouterSetupError {
  /// The error as problems of the configuration.
  public var configurationErrors: ConfigurationErrors {
    ConfigurationErrors(
      problems
        + decompositions.filter { $0.kind != .unreadable }.map { error in
          let place: ConfigurationPlace =
            if let line = error.line, let column = error.column {
              .file(error.file, line: line, column: column)
            } else {
              .wholeFile(error.file)
            }
          let path = error.path.map { "\($0): " } ?? ""
          let expected = error.expected.map { "; \($0)" } ?? ""
          return ConfigurationProblem(place, "decomposition: \(path)\(error.problem)\(expected)")
        })
  }
}
