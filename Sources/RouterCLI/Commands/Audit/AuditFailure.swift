internal import Auditing
internal import MetricRouter
internal import Wording

/// Tells the user of `router audit` why there is no audit, and what to do.
enum AuditFailure {
  static func failure(_ error: AuditError, _ connection: TopicsConnection) -> CommandFailure {
    switch error {
    case .stopped:
      return CommandFailure(Interruption.exitCode ?? .terminated, "")
    case .kafka(let error):
      return connection.failure(
        error,
        topicDeleted: CommandFailure(
          .inputMissing, "a topic was deleted while it was read: \(error)", hint: "Start the audit again."),
        permissions: """
          An audit needs READ permission on the input topics and on all topics that begin with topics.prefix, which the router \
          need not have; docs/site.md has the commands.
          """)
    case .noInputs(let inputs):
      let names = inputs.map { PrintableText.shortened($0) }.joined(separator: ", ")
      return CommandFailure(
        .inputMissing, "the brokers at \(connection.brokers) have none of the input topics: \(names)",
        hint:
          "They are inputs: in router.yaml, or what the decomposition names. To see them, DESCRIBE permission is required."
      )
    case .unknownPartition(let partition, let count):
      let hint = count.map { "The topic has \($0 == 1 ? "partition 0 only" : "the partitions 0 to \($0 - 1)")." }
      return CommandFailure(
        .usage, "\(PrintableText.shortened("\(partition)")) is not a partition of an input topic",
        hint: (hint ?? "Input topics are inputs: in router.yaml, or what the decomposition names.")
          + " See 'router help audit'.")
    case .nothingCommitted(let group):
      return CommandFailure(
        .inputMissing, "the group \(PrintableText.quoted(group)) has committed nothing: no row has been routed yet",
        hint: "Check that group: in router.yaml is the router's.")
    case .tooManyRows(let count, let limit):
      return CommandFailure(
        .usage, "there are \(HumanFormat.count(count)) rows, and --max-rows is \(HumanFormat.count(limit))",
        hint: """
          Select fewer with --since and --until, or with --from and --to; or set a larger --max-rows if there is \
          enough memory: these rows need \(HumanFormat.bytes(UInt64(clamping: count) &* 16)).
          """)
    case .noDeadLetterTopic(let topic):
      return connection.withoutTopic(topic, createdByRouter: "before anything else")
    case .heldUp(let partition):
      return CommandFailure(
        .temporary, "an open transaction keeps readers from reaching the end of \(partition)",
        hint: "It ends when the router that began it starts again, or after transaction.timeout.ms. Then try again.")
    case .noTimes:
      return CommandFailure(
        .usage, "the embedded broker cannot find rows by time",
        hint: "Use --from and --to instead of --since and --until. See 'router help audit'.")
    }
  }
}
