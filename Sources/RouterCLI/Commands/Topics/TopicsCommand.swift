/// `router topics`: the topics that the router writes, and how they are to be.
enum TopicsCommand {
  static let command = Command(
    name: "topics",
    abstract: "List topics, change them to match topics/, or delete old ones",
    discussion: """
      'router topics' alone is 'router topics list'. The directory topics/ (topics.directory in router.yaml) declares the \
      topics. 'plan' shows what differs on the brokers, and 'apply' changes it. 'prune' deletes the topics of jobs that \
      ended long ago.
      """,
    options: [SharedOptions.config],
    examples: [
      CommandExample("router topics", "List the topics of users and jobs, and what they hold."),
      CommandExample("router topics plan", "Show what 'router topics apply' would change."),
    ],
    subcommands: [
      TopicsListCommand.command, TopicsPlanCommand.command, TopicsApplyCommand.command, TopicsPruneCommand.command,
    ],
    defaultSubcommand: "list")

  /// The exit codes of whatever asks brokers.
  static let brokerExits = [
    CommandExit(.brokerUnavailable, "No broker answered in time."),
    CommandExit(.refused, "A permission is missing, or the credentials are wrong."),
    CommandExit(.configuration, "The configuration, or a file that it names, is wrong."),
  ]
}
