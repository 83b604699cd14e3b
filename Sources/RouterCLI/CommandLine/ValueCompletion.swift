/// Where the values come from that a shell offers for an option or an argument.
enum ValueCompletion: Sendable {
  /// From its kind: choices, files, directories; nothing for the others.
  case byKind
  /// Worked out when asked for, from what the line already says; must answer within a moment, or with nothing.
  case dynamic(@Sendable (ParsedArguments, CommandContext) -> [CompletionCandidate])
}
