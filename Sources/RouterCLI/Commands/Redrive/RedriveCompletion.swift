internal import MetricRouter
internal import Naming

/// Input topics that a shell offers for `--topic`: those of the configuration.
enum RedriveCompletion {
  static let inputs: @Sendable (ParsedArguments, CommandContext) -> [CompletionCandidate] = { arguments, context in
    guard let setup = try? ConfiguredSetup.load(arguments, context, connects: false) else { return [] }
    return setup.settings.inputs.filter { !TopicPattern($0).isExpression }.sorted().map { CompletionCandidate($0) }
  }
}
