internal import ConfigurationFiles
internal import Kafka
internal import MetricRouter
internal import Naming
internal import RouterConfiguration

/// Users and jobs that a shell offers: those that have topics, where brokers answer at once.
enum TopicCompletion {
  private static let timeout = Duration.milliseconds(1000)

  /// The users of topics.
  static let users: @Sendable (ParsedArguments, CommandContext) -> [CompletionCandidate] = { arguments, context in
    candidates(arguments, context) { topic in
      if case .user(let user) = topic { user.text } else { nil }
    }
  }

  /// The jobs of topics, of one user where one is given.
  static let jobs: @Sendable (ParsedArguments, CommandContext) -> [CompletionCandidate] = { arguments, context in
    let user = arguments[TopicsListCommand.user].map { Name($0) }
    return candidates(arguments, context) { topic in
      if case .job(let job, let owner) = topic, user == nil || user == owner { job.text } else { nil }
    }
  }

  private static func candidates(
    _ arguments: ParsedArguments, _ context: CommandContext, _ word: (OwnTopic) -> String?
  ) -> [CompletionCandidate] {
    guard let configuration = try? ConfiguredSetup.configuration(arguments, context),
      let names = try? TopicNames(prefix: configuration.topics.prefix.value),
      let connection = try? TopicsConnection(configuration, timeout: timeout),
      let cluster = try? connection.client.describeCluster(timeoutMilliseconds: connection.timeoutMilliseconds)
    else { return [] }
    let words = cluster.topics.keys.compactMap { names.read($0).flatMap(word) }
    return Set(words).sorted().map { CompletionCandidate($0) }
  }
}
