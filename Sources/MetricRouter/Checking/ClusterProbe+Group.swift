internal import Kafka
internal import Wording

/// The group that reads.
extension ClusterProbe {
  /// The group: what it has committed, who is in it, and the right to commit.
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
      check.add(.ok, subject, "offsets can be committed; \(members(admin))")
    } catch {
      report(try answer(error, about: subject), subject, right: right)
      return
    }
    for input in inputs { tell(input.lag(committed: committed[input.name] ?? [:]), of: input) }
  }

  /// Commits an offset of a topic that is not there: the broker looks at the right first, and then refuses the topic.
  private func tryCommit() throws(KafkaError) {
    let consumer = try Consumer(properties: readerProperties, observer: notes)
    let offset = TopicPartitionOffset(TopicPartition(topic: probeTopic, partition: 0), offset: 0)
    try patiently { timeout throws(KafkaError) in
      do throws(KafkaError) {
        try consumer.commitAndWait([offset], timeoutMilliseconds: Int32(clamping: Int(timeout)))
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

  private func members(_ admin: AdminClient) -> String {
    let groups = try? admin.describeGroups(settings.group, timeoutMilliseconds: timeoutMilliseconds)
    guard let group = groups?.first(where: { $0.name == settings.group }), !group.members.isEmpty else {
      return "no router is in it now"
    }
    let hosts = Set(group.members.map { $0.host.hasPrefix("/") ? String($0.host.dropFirst()) : $0.host }).sorted()
    let count = group.members.count == 1 ? "1 router is" : "\(group.members.count) routers are"
    return "\(count) in it now, from \(hosts.joined(separator: ", "))"
  }

  private func tell(_ lag: InputTopicState.Lag, of input: InputTopicState) {
    guard !input.watermarks.isEmpty else { return }
    let subject = "lag \(input.name)"
    let rows = lag.rows == 1 ? "1 row" : "\(lag.rows) rows"
    if lag.isNew {
      check.add(.ok, subject, "nothing is committed yet: the router will begin with the oldest row, and has \(rows)")
    } else if lag.lost > 0 {
      check.add(
        .warning, subject, "\(rows) to route, and \(lag.lost) were deleted before the group had routed them",
        remedy: "Run the router without longer breaks, or raise retention.ms of the topic.")
    } else {
      check.add(.ok, subject, "\(rows) to route")
    }
  }
}
