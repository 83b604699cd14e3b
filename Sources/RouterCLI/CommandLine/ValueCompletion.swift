/// The source of the values that a shell offers for an option or an argument.
enum ValueCompletion: Sendable {
  /// The kind of the value: choices, files, directories; nothing for other kinds.
  case byKind
  /// Values that are computed from the rest of the line; must answer within a moment, or with nothing.
  case dynamic(@Sendable (ParsedArguments, CommandContext) -> [CompletionCandidate])
}
