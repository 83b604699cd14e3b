internal import Kafka
internal import MetricRouter
internal import Wording

/// The group that reads.
extension ClusterProbe {
  /// The group: what it has committed, who is in it, and permission to commit.
  func lookAtGroup(_ admin: AdminClient, _ inputs: [InputTopicState]) throws(NoAnswer) {
    let group = settings.group
    let subject = "group \(group)"
    let right = "READ on the group \(quoted(group))"
    var committed: [String: [Int32: Int64]] = [:]
    do throws(KafkaError) {
      let probe = inputs.flatMap(\.partitions)
      let partitions = probe.isEmpty ? [TopicPartition(topic: probeTopic, partition: 0)] : probe
      let offsets = try admin.committedOffsets(
        ofGroup: group, partitions, timeoutMilliseconds: timeoutMilliseconds)
      for offset in offsets {
        committed[offset.partition.topic, default: [:]][offset.partition.partition] = offset.offset
      }
      try tryCommit()
      let routers = members(admin)
      check.add(.ok, subject, "offsets can be committed; \(Self.text(of: routers))")
      lookAtCapacity(inputs, members: routers.count)
    } catch {
      report(try answer(error, about: subject), subject, right: right)
      return
    }
    for input in inputs { tell(input.lag(committed: committed[input.name] ?? [:]), of: input) }
  }

  /// Commits an offset of a topic that does not exist: the broker checks the permission first, and then rejects the topic.
  private func tryCommit() throws(KafkaError) {
    let consumer = try Consumer(properties: readerProperties, observer: notes)
    let offset = TopicPartitionOffset(TopicPartition(topic: probeTopic, partition: 0), offset: 0)
    try patiently { timeout throws(KafkaError) in
      do throws(KafkaError) {
        try consumer.commitAndWait([offset], timeoutMilliseconds: timeout)
      } catch {
        switch error.code {
        case .unknownTopicOrPartition, .unknownTopic, .topicAuthorizationFailed, .unknownMember, .illegalGeneration,
          .rebalanceInProgress, .fencedInstance:
          return
        default: throw error
        }
      }
    }
  }

  private func members(_ admin: AdminClient) -> [GroupDescription.Member] {
    let groups = try? admin.describeGroups(settings.group, timeoutMilliseconds: timeoutMilliseconds)
    return groups?.first { $0.name == settings.group }?.members ?? []
  }

  private static func text(of members: [GroupDescription.Member]) -> String {
    guard !members.isEmpty else { return "no router is in it now" }
    let hosts = Set(members.map { $0.host.hasPrefix("/") ? String($0.host.dropFirst()) : $0.host }).sorted()
    let count = members.count == 1 ? "1 router is" : "\(members.count) routers are"
    return "\(count) in it now, from \(hosts.joined(separator: ", "))"
  }

  /// How many routers can share the inputs.
  private func lookAtCapacity(_ inputs: [InputTopicState], members: Int) {
    guard !inputs.isEmpty else { return }
    let capacity = RouterCapacity(
      partitionCounts: inputs.map(\.partitionCount),
      strategy: settings.consumer["partition.assignment.strategy"] ?? "")
    let partitions = capacity.partitions == 1 ? "1 input partition" : "\(capacity.partitions) input partitions"
    let routers = capacity.routers == 1 ? "1 router" : "up to \(capacity.routers) routers"
    let message = "\(partitions), enough work for \(routers)"
    let advice =
      capacity.isByTopic
      ? "kafka: partition.assignment.strategy is \"range\", which assigns each topic separately; remove it, or add"
        + " partitions to the input topics."
      : "Add partitions to the input topics, or run fewer routers."
    guard members > capacity.routers else {
      check.add(.ok, "routers", message)
      return
    }
    let idle = members - capacity.routers
    check.add(
      .warning, "routers",
      "\(message); \(members) are in the group, so \(idle == 1 ? "1 of them reads" : "\(idle) of them read") nothing",
      remedy: advice)
  }

  private func tell(_ lag: InputTopicState.Lag, of input: InputTopicState) {
    guard !input.watermarks.isEmpty else { return }
    let subject = "lag \(input.name)"
    let rows = lag.rows == 1 ? "1 row" : "\(lag.rows) rows"
    if lag.isNew {
      check.add(.ok, subject, "nothing is committed yet: the router will start with the oldest row, and has \(rows)")
    } else if lag.lost > 0 {
      check.add(
        .warning, subject, "\(rows) to route, and \(lag.lost) were deleted before the group had routed them",
        remedy: "Keep the router running, or increase retention.ms of the topic.")
    } else {
      check.add(.ok, subject, "\(rows) to route")
    }
  }
}
