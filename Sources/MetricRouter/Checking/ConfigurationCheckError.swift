public import Decomp

/// Everything that keeps a router from starting with a configuration.
public struct ConfigurationCheckError: Error, Sendable {
  /// What is wrong in the files of the configuration and the environment.
  public var problems: [ConfigurationProblem]
  /// What is wrong with the decompositions that it names.
  public var decompositions: [DecompositionError]
}
