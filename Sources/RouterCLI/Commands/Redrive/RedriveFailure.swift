internal import MetricRouter
internal import Redrive

/// Tells the user of `router redrive` why dead letters were not resent, and what to do.
enum RedriveFailure {
  static func failure(_ error: RedriveError, _ connection: TopicsConnection) -> CommandFailure {
    switch error {
    case .stopped:
      return CommandFailure(Interruption.exitCode ?? .terminated, "")
    case .kafka(let error):
      return connection.failure(
        error,
        topicDeleted: CommandFailure(
          .inputMissing, "a topic was deleted meanwhile: \(error)",
          hint: "The routers create it when they start. Run the command again after that."),
        permissions: """
          READ permission is required on the dead-letter topic, READ and WRITE permission on the topic of waiting rows; \
          docs/site.md has the commands.
          """)
    case .noTopic(let topic):
      return connection.withoutTopic(topic, createdByRouter: "when it starts")
    case .noTimes:
      return CommandFailure(
        .usage, "the embedded broker cannot find dead letters by time",
        hint: "Omit --since. See 'router help redrive'.")
    }
  }
}
