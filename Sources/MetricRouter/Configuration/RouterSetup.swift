public import Decomp

/// A configuration with everything that it names: read, checked, and made into a router's settings.
public struct RouterSetup: Sendable {
  /// `router.yaml` and the environment.
  public let configuration: Configuration
  /// The decompositions that it names, in their order.
  public let decompositions: [Decomposition]
  /// The declarations of topics.
  public let topics: TopicDirectory
  /// What a router needs.
  public let settings: RouterSettings

  /// Reads and checks everything.
  ///
  /// - Parameters:
  ///   - file: `router.yaml`; `nil` for defaults and environment alone.
  /// - Throws: everything that is wrong, each with its place.
  public static func load(
    file: String?, environment: [String: String]
  ) throws(ConfigurationErrors) -> RouterSetup {
    let configuration = try Configuration.load(file: file, environment: environment)
    var problems: [ConfigurationProblem] = []
    var decompositions: [Decomposition] = []
    for path in configuration.decomposition {
      do {
        decompositions.append(try Decomposition(file: path.value))
      } catch {
        problems.append(
          ConfigurationProblem(
            path.place, "decomposition: \(error)", kind: error.kind == .unreadable ? .unreadableFile : .wrong))
      }
    }
    var topics: TopicDirectory?
    do {
      topics = try TopicDirectory.load(configuration.topics.directory)
    } catch {
      problems += error.problems
    }
    guard problems.isEmpty, let topics else { throw ConfigurationErrors(problems) }
    let settings = try RouterSettings(configuration, decompositions: decompositions, topics: topics)
    return RouterSetup(
      configuration: configuration, decompositions: decompositions, topics: topics, settings: settings)
  }
}

extension Log {
  /// A log on standard error, as configured.
  public convenience init(_ configuration: Configuration.Log) {
    let level: Level =
      switch configuration.level {
      case .error: .error
      case .warning: .warning
      case .info: .info
      case .debug: .debug
      }
    self.init(level: level, format: configuration.format == .json ? .json : .text)
  }
}
