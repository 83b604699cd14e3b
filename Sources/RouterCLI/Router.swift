import Kafka
import MetricRouter

/// The root of the command line.
///
/// A further command is one file in `Commands/` and one line here.
enum Router {
  /// The headings of `router --help`, in this order.
  static let shellGroup = "Help and shells"

  static let command = Command(
    name: "router",
    abstract: "Route LDMS rows to the topics of their users and jobs",
    options: [SharedOptions.noColour, SharedOptions.help, SharedOptions.version],
    environment: [
      EnvironmentVariable("NO_COLOR", "Any value turns colors off, as --no-color does."),
      EnvironmentVariable("COLUMNS", "If exported, the width to use instead of the terminal's."),
    ],
    subcommands: [
      DemoCommand.command,
      RunCommand.command,
      HealthCommand.command,
      CheckCommand.command,
      DecompCommand.command,
      TopicsCommand.command,
      AuditCommand.command,
      RedriveCommand.command,
      AclCommand.command,
      JobsCommand.command,
      TailCommand.command,
      ExportCommand.command,
      ReplayCommand.command,
      HelpCommand.command,
      CompletionCommand.command,
      CompleteCommand.command,
      ManualCommand.command,
      ReferenceCommand.command,
    ])

  /// What `router --version` prints.
  static var version: String { "router \(routerVersion) (librdkafka \(LibraryVersion.text))" }
}
