internal import Kafka
internal import MetricRouter
internal import Naming
internal import Topics
internal import Wording

/// The topics to read.
extension ClusterProbe {
  /// Finds the input topics that exist, with the offsets of their rows.
  func lookAtInputs(_ admin: AdminClient, _ cluster: ClusterDescription) throws(NoAnswer) -> [InputTopicState] {
    var states: [InputTopicState] = []
    for input in settings.inputs {
      let pattern = TopicPattern(input)
      if pattern.isExpression {
        states += matching(pattern, cluster).filter { found in !states.contains { $0.name == found.name } }
      } else if !states.contains(where: { $0.name == input }),
        let state = try named(
          input, admin, cluster, subject: "input \(input)",
          remedy: "Create it with the partitions of topics/inputs.yaml; the router waits for it.")
      {
        states.append(state)
      }
    }
    return try withWatermarks(states, admin)
  }

  /// The topics that a regular expression stands for.
  private func matching(_ pattern: TopicPattern, _ cluster: ClusterDescription) -> [InputTopicState] {
    let found = cluster.topics.values.filter { settings.reads($0.name, by: pattern) }
      .sorted { $0.name < $1.name }
    let subject = "inputs \(pattern.text)"
    guard !found.isEmpty else {
      check.add(
        .error(.wrong), subject, "no visible topic matches the regular expression",
        remedy: "If such topics exist, the router needs DESCRIBE permission on them, which READ includes.")
      return []
    }
    let count = found.count == 1 ? "1 topic" : "\(found.count) topics"
    let shown = found.prefix(10).map(\.name).joined(separator: ", ") + (found.count > 10 ? ", ..." : "")
    check.add(.ok, subject, "\(count): \(shown)")
    for topic in found {
      lookAtLeaders(of: topic, "input \(topic.name)")
      if case .refused(let reason, let detail) = settings.plan.input(topic: topic.name).rows {
        check.add(
          .warning, "input \(topic.name)", "all of its rows will be dead-lettered as \(reason.rawValue): \(detail)",
          remedy: "Make the regular expression narrower, or add the decomposition.")
      }
    }
    return found.map { InputTopicState(name: $0.name, partitionCount: $0.partitionCount) }
  }

  /// A topic that is read by its name.
  ///
  /// - Parameters:
  ///   - subject: what it is called in the report.
  ///   - remedy: what to do where it does not exist.
  func named(
    _ name: String, _ admin: AdminClient, _ cluster: ClusterDescription, subject: String, remedy: String
  ) throws(NoAnswer) -> InputTopicState? {
    var topic = cluster.topics[name]
    do throws(KafkaError) {
      // Asked by name, brokers also tell what may not be seen. The embedded broker would make the topic.
      if topic == nil, hasController {
        topic = try patiently { timeout throws(KafkaError) in
          try admin.describeTopic(name, timeoutMilliseconds: timeout)
        }
      }
    } catch {
      report(try answer(error, about: subject), subject, right: "READ on the topic \(quoted(name))")
      return nil
    }
    guard let topic else {
      let others = cluster.topics.keys.filter { !settings.plan.names.owns($0) }.sorted()
      if let other = others.first(where: { TopicNameRule.collide($0, name) }) {
        check.add(
          .error(.wrong), subject,
          "the topic does not exist and cannot be created: \(quoted(other)) exists, and Kafka treats the two names as one",
          remedy: "Use the name of the existing topic, or delete that topic.")
        return nil
      }
      let near = nearestName(to: name, among: others).map { " Did you mean \(quoted($0))?" } ?? ""
      check.add(.error(.wrong), subject, "the topic does not exist", remedy: remedy + near)
      return nil
    }
    let count = topic.partitionCount == 1 ? "1 partition" : "\(topic.partitionCount) partitions"
    check.add(.ok, subject, "\(count), \(topic.replication == 1 ? "1 replica" : "\(topic.replication) replicas")")
    lookAtLeaders(of: topic, subject)
    return InputTopicState(name: name, partitionCount: topic.partitionCount)
  }

  private func lookAtLeaders(of topic: TopicDescription, _ subject: String) {
    guard !topic.leaderlessPartitions.isEmpty else { return }
    let list = topic.leaderlessPartitions.map { String($0) }.joined(separator: ", ")
    check.add(
      .error(.wrong), subject, "no leader for partition \(list), so nothing can be read from it",
      remedy: "Restart the brokers that hold its replicas.")
  }

  /// The offsets of their rows.
  ///
  /// - Parameter kind: what stands before a topic's name in the report.
  func withWatermarks(
    _ states: [InputTopicState], _ admin: AdminClient, kind: String = "input"
  ) throws(NoAnswer) -> [InputTopicState] {
    var states = states
    for index in states.indices {
      do throws(KafkaError) {
        for partition in states[index].partitions {
          states[index].watermarks[partition.partition] = try patiently { timeout throws(KafkaError) in
            try admin.watermarks(of: partition, timeoutMilliseconds: timeout)
          }
        }
      } catch {
        let subject = "\(kind) \(states[index].name)"
        report(try answer(error, about: subject), subject, right: "READ on the topic \(quoted(states[index].name))")
        states[index].watermarks = [:]
      }
    }
    return states
  }
}
