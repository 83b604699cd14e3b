public import Decomp
internal import Kafka
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
  ) throws(ConfigurationCheckError) {
    self.file = file
    let configuration: Configuration
    do {
      configuration = try Configuration.load(file: file, environment: environment)
    } catch {
      throw ConfigurationCheckError(problems: error.problems, decompositions: [])
    }
    self.configuration = configuration
    var failures = ConfigurationCheckError(problems: [], decompositions: [])
    let decompositions = given ?? Self.decompositions(of: configuration, &failures)
    self.decompositions = decompositions
    let topics = Self.topics(of: configuration, &failures)
    self.topics = topics
    do {
      if configuration.http.address != nil { _ = try configuration.http.token() }
    } catch {
      failures.problems += error.problems
    }
    // Something stands in for what cannot be read, so that the rest is checked all the same.
    let substitute = failures.decompositions.isEmpty ? [] : Self.anyDecomposition
    do {
      settings = try RouterSettings(configuration, decompositions: decompositions + substitute, topics: topics)
    } catch {
      failures.problems += error.problems
      throw failures
    }
    guard failures.problems.isEmpty, failures.decompositions.isEmpty else { throw failures }
    warnings = Self.warnings(about: settings, configuration, decompositions)
  }

  private static func decompositions(
    of configuration: Configuration, _ failures: inout ConfigurationCheckError
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
              "decomposition: the file \(quotedPath(file.value)) cannot be read; name the decomp.json of"
                + " the LDMS aggregator, by its path from the directory of router.yaml"))
        }
      }
    }
    return decompositions
  }

  private static func topics(
    of configuration: Configuration, _ failures: inout ConfigurationCheckError
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

  /// What each side is told, once where it is the same.
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
    var warnings = loginWarnings(about: settings, configuration)
    warnings += TopicCollisions.warnings(about: settings, configuration)
    for input in configuration.inputs where !input.value.hasPrefix("^") {
      if case .refused(let reason, let detail) = settings.plan.input(topic: input.value).rows {
        warnings.append(
          ConfigurationProblem(
            input.place,
            "inputs: all rows of \(quoted(input.value)) will be dead-lettered as \(reason.rawValue), because \(detail);"
              + " \(reason.explanation)"))
      }
    }
    // Where topics are named by a pattern, nothing says which there are.
    guard settings.plan.topicIdentity == nil, let first = configuration.inputs.first else { return warnings }
    let patterns = configuration.inputs.map { TopicPattern($0.value) }
    for name in settings.plan.schemaNames where TopicNameRule.complaint(name) == nil {
      if !settings.plan.names.owns(name), !patterns.contains(where: { $0.matches(name) }) {
        warnings.append(
          ConfigurationProblem(
            first.place,
            "inputs: the topic \(quoted(name)) of the decomposition is not among them, so its rows are not routed;"
              + " add it"))
      }
    }
    let readsAsIs = patterns.contains { $0.isExpression || Decomposition.asIsSchema(ofTopic: $0.text) != nil }
    if settings.plan.storesAsIs, !readsAsIs {
      warnings.append(
        ConfigurationProblem(
          first.place,
          "inputs: the decomposition stores sets as they are, but no topic of such rows is among them; add"
            + " \(quoted(Decomposition.asIsTopicPattern))"))
    }
    return warnings
  }
}
