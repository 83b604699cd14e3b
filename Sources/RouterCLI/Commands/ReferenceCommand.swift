import MetricRouter

/// `router reference`: writes `docs/configuration.md`, for `make docs` and packagers, so hidden.
enum ReferenceCommand {
  static let command = Command(
    name: "reference",
    abstract: "Write the reference of the configuration",
    discussion: "Markdown on standard output, made from the same declarations as the check of router.yaml.",
    examples: [CommandExample("router reference", "Print it.")],
    isHidden: true,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    try context.output.write(ConfigurationReference.markdown)
    return .ok
  }
}
