internal import Kafka
internal import MetricRouter

/// Rows that a shell offers for `--from` and `--to`: the partitions of the input topics, where brokers answer at once.
enum AuditCompletion {
  private static let timeout = Duration.milliseconds(1000)

  static let places: @Sendable (ParsedArguments, CommandContext) -> [CompletionCandidate] = { arguments, context in
    guard let setup = try? ConfiguredSetup.load(arguments, context),
      let connection = try? TopicsConnection(setup.configuration, timeout: timeout),
      let cluster = try? connection.client.describeCluster(timeoutMilliseconds: connection.timeoutMilliseconds)
    else { return [] }
    let inputs = setup.settings.inputs.compactMap { cluster.topics[$0] }.sorted { $0.name < $1.name }
    let partitions = inputs.flatMap { topic in
      (0..<topic.partitionCount).map { TopicPartition(topic: topic.name, partition: $0) }
    }
    let ends = connection.client.watermarks(of: partitions, timeoutMilliseconds: connection.timeoutMilliseconds)
    return partitions.compactMap { partition in
      guard let ends = try? ends[partition]?.get(), ends.high > ends.low else { return nil }
      return CompletionCandidate("\(partition)/\(ends.low)", "to \(ends.high - 1)")
    }
  }
}
