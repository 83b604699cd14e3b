internal import Kafka
internal import MetricRouter
internal import Naming
internal import Tailing

/// Users and jobs that a shell offers for `router tail`: those whose topics whoever asks may see, where brokers answer
/// at once.
enum TailCompletion {
  private static let timeoutMilliseconds: Int32 = 1000

  /// The users of topics.
  static let users: @Sendable (ParsedArguments, CommandContext) -> [CompletionCandidate] = { arguments, context in
    candidates(topics(arguments, context)?.users)
  }

  /// The jobs of topics, of one user where one is given.
  static let jobs: @Sendable (ParsedArguments, CommandContext) -> [CompletionCandidate] = { arguments, context in
    let topics = topics(arguments, context)
    let user = arguments[TailCommand.user].map { Name($0) }
    return candidates(user.map { topics?.jobs(ofUser: $0) } ?? topics?.jobs.flatMap(\.jobs))
  }

  private static func topics(_ arguments: ParsedArguments, _ context: CommandContext) -> VisibleTopics? {
    guard let settings = try? TailSettings(arguments, context),
      let client = try? AdminClient(properties: settings.properties, observer: TailObserver()),
      let cluster = try? client.describeCluster(timeoutMilliseconds: timeoutMilliseconds)
    else { return nil }
    return VisibleTopics(cluster.topics.keys, names: settings.names)
  }

  private static func candidates(_ names: [Name]?) -> [CompletionCandidate] {
    Set((names ?? []).compactMap(\.text)).sorted().map { CompletionCandidate($0) }
  }
}
