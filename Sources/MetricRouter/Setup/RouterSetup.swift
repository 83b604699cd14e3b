internal import ConfigurationFiles
public import Decomp
public import Logging
public import RouterConfiguration
public import Topics
internal import Wording

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

  /// Reads and checks everything: the one way in which `run`, `check` and every command that needs decompositions or
  /// topics prepare.
  ///
  /// - Parameters:
  ///   - file: `router.yaml`; `nil` for defaults and environment alone.
  ///   - environment: all environment variables.
  ///   - given: decompositions in place of those that the configuration names.
  ///   - connects: whether clients will be made, so that their files and logins have to be right.
  ///   - serves: whether HTTP will be served.
  /// - Throws: everything that is wrong, each with its place.
  public static func load(
    file: String?, environment: [String: String], decompositions given: [Decomposition]? = nil,
    connects: Bool = true, serves: Bool = false
  ) throws(RouterSetupError) -> RouterSetup {
    let configuration: Configuration
    do {
      configuration = try Configuration.load(file: file, environment: environment)
    } catch {
      throw RouterSetupError(problems: error.problems)
    }
    var failures = RouterSetupError(problems: serves ? configuration.http.problems : [])
    let decompositions = given ?? Self.decompositions(of: configuration, &failures)
    let topics = Self.topics(of: configuration, &failures)
    // Something stands in for what cannot be read, so that the rest is checked all the same.
    let substitute = failures.decompositions.isEmpty ? [] : anyDecomposition
    let settings: RouterSettings
    do {
      settings = try RouterSettings(
        configuration, decompositions: decompositions + substitute, topics: topics, connects: connects)
    } catch {
      failures.problems += error.problems
      throw failures
    }
    guard failures.isEmpty else { throw failures }
    return RouterSetup(
      configuration: configuration, decompositions: decompositions, topics: topics, settings: settings)
  }

  private static func decompositions(
    of configuration: Configuration, _ failures: inout RouterSetupError
  ) -> [Decomposition] {
    var decompositions: [Decomposition] = []
    for file in configuration.decomposition {
      do {
        decompositions.append(try Decomposition(file: file.value))
      } catch {
        failures.decompositions.append(error)
        if error.kind == .unreadable {
          failures.problems.append(
            ConfigurationProblem(
              file.place,
              "decomposition: the file \(quotedPath(file.value)) cannot be read (\(error.problem)); name the decomp.json"
                + " of the LDMS aggregator, by its path from the directory of router.yaml",
              kind: .unreadableFile))
        }
      }
    }
    return decompositions
  }

  private static func topics(
    of configuration: Configuration, _ failures: inout RouterSetupError
  ) -> TopicDirectory {
    do {
      return try TopicDirectory.load(configuration.topics.directory)
    } catch {
      failures.problems += error.problems
      let any = TopicDeclaration(partitions: 1)
      return TopicDirectory(user: any, job: any, deadLetter: any)
    }
  }

  private static var anyDecomposition: [Decomposition] {
    (try? Decomposition(bytes: Array(#"{"type": "as_is"}"#.utf8), file: "")).map { [$0] } ?? []
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
