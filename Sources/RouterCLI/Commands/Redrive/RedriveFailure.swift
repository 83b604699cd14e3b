internal import Kafka
internal import MetricRouter
internal import Redrive

/// What it means for the command that dead letters cannot be sent, or not all of them.
enum RedriveFailure {
  static func failure(_ error: RedriveError, _ connection: TopicsConnection) -> CommandFailure {
    switch error {
    case .stopped:
      return CommandFailure(Interruption.exitCode ?? .terminated, "")
    case .kafka(let error):
      return failure(error, connection)
    case .noTopic(let topic):
      return CommandFailure(
        .inputMissing, "there is no topic \(topic), which a router creates when it starts",
        hint:
          "Check that topics.prefix in router.yaml is the router's. To see the topic, DESCRIBE permission is required.")
    case .noTimes:
      return CommandFailure(
        .usage, "the embedded broker cannot find dead letters by time",
        hint: "Omit --since. See 'router help redrive'.")
    }
  }

  private static func failure(_ error: KafkaError, _ connection: TopicsConnection) -> CommandFailure {
    switch error.code {
    case .unknownTopicOrPartition, .unknownTopic, .unknownPartition:
      return CommandFailure(
        .inputMissing, "a topic was deleted meanwhile: \(error)",
        hint: "The routers create it when they start. Run the command again after that.")
    case .topicAuthorizationFailed:
      return CommandFailure(
        .refused, "a permission is missing: \(error)",
        hint: """
          READ permission is required on the dead-letter topic, READ and WRITE permission on the topic of waiting rows; \
          docs/site.md has the commands.
          """)
    default:
      // Where credentials are refused, a call only runs out of time.
      return connection.failure(error.remedy == .retry ? connection.errors.refused ?? error : error)
    }
  }
}
