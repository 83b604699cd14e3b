public import ConfigurationFiles
public import Decomp
internal import HTTP
internal import Kafka
internal import Logging
public import MetricRouter
internal import Naming
public import RouterConfiguration
public import Topics
internal import Wording

/// A configuration with everything that it names, read and checked as a router would at its start.
public struct ConfigurationCheck: Sendable {
  /// `router.yaml`; `nil` where there is none and the environment says it all.
  public let file: String?
  /// What it says.
  public let configuration: Configuration
  /// The decompositions that it names, or those that were checked in their place.
  public let decompositions: [Decomposition]
  /// What its topics' directory declares.
  public let topics: TopicDirectory
  /// What a router would run with.
  public let settings: RouterSettings
  /// What is no mistake in itself, but keeps rows from their users.
  public let warnings: [ConfigurationProblem]

  /// Reads and checks.
  ///
  /// - Parameters:
  ///   - environment: all environment variables.
  ///   - decompositions: what to check in place of the decompositions that the configuration names.
  /// - Throws: everything that is wrong.
  public init(
    file: String?, environment: [String: String], decompositions given: [Decomposition]? = nil
  ) throws(RouterSetupError) {
    self.file = file
    let setup = try RouterSetup.load(
      file: file, environment: environment, decompositions: given, serves: true)
    (configuration, decompositions, topics) = (setup.configuration, setup.decompositions, setup.topics)
    settings = setup.settings
    warnings = Self.warnings(about: settings, configuration, decompositions)
  }

  /// The login warnings of each side, once if they are the same.
  private static func loginWarnings(
    about settings: RouterSettings, _ configuration: Configuration
  ) -> [ConfigurationProblem] {
    var warnings: [ConfigurationProblem] = []
    let clients: [(KafkaProperties.Side, ClientProperties)] = [
      (.common, settings.administration), (.consumer, settings.consumer), (.producer, settings.producer),
    ]
    for (side, properties) in clients {
      guard let advice = LoginAdvice.advice(for: properties) else { continue }
      let property = configuration.kafka.forClient(side).last {
        KafkaProperties.canonical($0.name) == "sasl.mechanisms"
      }
      let warning = ConfigurationProblem(property?.place ?? .standard, "kafka: \(advice)")
      if !warnings.contains(warning) { warnings.append(warning) }
    }
    return warnings
  }

  static func warnings(
    about settings: RouterSettings, _ configuration: Configuration, _ decompositions: [Decomposition]
  ) -> [ConfigurationProblem] {
    var warnings =
      loginWarnings(about: settings, configuration) + tokenWarnings(about: settings, configuration)
      + jobWarnings(about: configuration, decompositions) + waitWarnings(about: configuration)
      + userWarnings(about: configuration)
      + TopicCollisions.warnings(about: settings, configuration)
    if let address = configuration.http.address, !address.isLoopback, configuration.http.tokenFile.value.isEmpty {
      warnings.append(
        ConfigurationProblem(
          configuration.http.listen.place,
          "http.listen: other machines can connect to \(address), and without http.token-file all of them can see the jobs"
            + " of all users; set http.token-file"))
    }
    return warnings + inputWarnings(about: settings, configuration)
  }
}
