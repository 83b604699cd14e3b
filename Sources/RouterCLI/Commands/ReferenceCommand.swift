import MetricRouter
import RouterConfiguration

/// `router reference`: writes `docs/configuration.md`, for `make docs` and packagers, so hidden.
enum ReferenceCommand {
  static let command = Command(
    name: "reference",
    abstract: "Print the configuration reference",
    discussion: "Markdown on standard output, from the same declarations that check router.yaml.",
    examples: [CommandExample("router reference", "Print it.")],
    isHidden: true,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    try context.output.write(ConfigurationReference.markdown)
    return .ok
  }
}
