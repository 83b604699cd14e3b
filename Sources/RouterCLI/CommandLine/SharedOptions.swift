/// Options that several commands take: declared once, so that they mean and read the same everywhere.
enum SharedOptions {
  /// The heading of the options that every command takes.
  static let generalGroup = "General options"

  static let config = Option.file(
    "config", value: "FILE",
    help: "The configuration file. Default: ./router.yaml, else /etc/ldms-router/router.yaml.")

  /// `--config` for a command that must not act on the machine's own router by accident.
  static let chosenConfig = Option.file(
    "config", value: "FILE",
    help: "The configuration file. Default: ./router.yaml, but never the one in /etc/ldms-router.")

  /// `--timeout` for commands that ask the brokers more than once.
  static let timeout = Option.duration(
    "timeout", value: "DURATION", in: .seconds(1)...(.seconds(3600)), default: .seconds(30),
    help: "How long to wait for the brokers.")

  /// What a command reads that loads the router's configuration.
  static let environment = [
    EnvironmentVariable("ROUTER_CONFIG", "The configuration file, if --config is not given."),
    EnvironmentVariable("ROUTER_...", "Any key of the configuration, as for 'router run'."),
  ]

  static let json = Option.flag("json", help: "Print JSON, for scripts, instead of a table.")

  /// Taken by the root command, so accepted everywhere; `Main` obeys it before anything is parsed.
  static let noColour = Option.flag(
    "no-color", group: generalGroup, help: "Print without colors, even on a terminal.")
  static let help = Option.flag("help", short: "h", group: generalGroup, help: "Show the help of the command.")
  static let version = Option.flag("version", group: generalGroup, help: "Show the version.")
}
