internal import Kafka

/// The consumer's group: partitions that come and go, and what the group has to complain about.
extension RouterSession: ConsumerDelegate {
  func assigned(_ partitions: [TopicPartition], to consumer: Consumer) {
    for partition in partitions {
      guard !plan.names.owns(partition.topic) else {
        end = end ?? .failed(.ownTopic(partition.topic))
        return
      }
      let input = addInput(partition.topic)
      let slot = addSlot(partition, input: input)
      tracker.assign(slot)
      jobs.assign(slot)
      forgetPosition(ofSlot: slot)
      assignedPartitions.insert(partition)
    }
    // A partition that was paused when it went comes back paused. Those that stayed, where the group's protocol is the
    // cooperative one, go on as well: all are paused or none is.
    paused.formUnion(partitions)
    resume()
    isMember = true
    jobs.assigned = Timestamp.milliseconds()
    totals.rebalances += 1
    log.info(
      "partitions assigned",
      [
        .count: String(partitions.count), .assigned: String(assignedPartitions.count),
        .partitions: Self.text(of: partitions), .group: settings.group,
      ])
    publish(withJobs: status.areJobsWanted)
  }

  func revoked(_ partitions: [TopicPartition], lost: Bool, from consumer: Consumer) {
    isRebalancing = true
    defer { isRebalancing = false }
    if !lost, end == nil, !hasDrained {
      let deadline = drainDeadline
      drainDeadline = deadline ?? MonotonicClock.milliseconds() + Int64(Self.drainMilliseconds)
      defer { drainDeadline = deadline }
      // Everything that was consumed is finished and committed before the partitions go. The batch that is being
      // filled ends here: its rows count as well.
      let wasOpen = isBatchOpen
      closeBatch()
      finishRows()
      if wasOpen { openBatch() }
    } else if lost, end == nil {
      dropTransaction(KafkaError(.assignmentLost, operation: "finish the rows of a transaction"))
    }
    for partition in partitions {
      guard let slot = slotOfPartition[partition] else { continue }
      tracker.revoke(slot)
      forgetPosition(ofSlot: slot)
      assignedPartitions.remove(partition)
    }
    paused.subtract(partitions)
    isMember = false
    // They were not looked at, so nothing behind them is committed: whoever gets the partition consumes them.
    if !stashed.isEmpty {
      let gone = Set(partitions)
      stashed.removeAll { gone.contains($0.partition) }
    }
    log.info(
      lost ? "partitions lost" : "partitions revoked",
      [
        .count: String(partitions.count), .assigned: String(assignedPartitions.count),
        .partitions: Self.text(of: partitions), .group: settings.group,
      ])
    publish(withJobs: status.areJobsWanted)
  }

  /// The end is committed like a row: who asks the group how far it is must not take a mark of a transaction for a row
  /// that waits.
  func reachedEnd(of partition: TopicPartition, at offset: Int64) {
    guard let slot = slotOfPartition[partition] else { return }
    jobs.reachedEnd(slot)
    stashedEnds.append((slot, offset))
    noteStashedEnds()
  }

  /// Ends that were met count when every row before them has been taken.
  func noteStashedEnds() {
    guard stashed.isEmpty, !isRoutingStashed else { return }
    for (slot, offset) in stashedEnds { tracker.reachedEnd(slot, at: offset) }
    stashedEnds.removeAll(keepingCapacity: true)
  }

  func committed(_ offsets: [TopicPartitionOffset], error: KafkaError?) {
    // The answers come in the order of the commits.
    if let sent = commitsSent.first {
      commitsSent.removeFirst()
      if error == nil { totals.commits.observe(MonotonicClock.milliseconds() - sent) }
    }
    if let error {
      commitFailed(offsets, error)
    } else {
      confirm(offsets)
    }
  }

  func consumerFailed(_ error: KafkaError) {
    switch error.remedy {
    case .fatal:
      if error.code == .fencedInstance || error.code == .fenced {
        log.error(
          "another router with the same instance name has taken over; each router needs an instance: of its own",
          [.instance: settings.consumer["group.instance.id"] ?? ""])
      }
      end = end ?? .rebuild(error)
    case .retry, .abort:
      if isDue("consume \(error.code.name)") { log.warning("consumer: \(error.reason)", [.code: error.code.name]) }
    case .giveUp:
      switch error.code {
      case .groupAuthorizationFailed:
        end = end ?? .failed(.group(settings.group, error))
      case .unknownTopicOrPartition, .unknownTopic:
        if isDue(error.description) { log.warning("an input topic is not there yet: \(error)") }
      case .topicAuthorizationFailed:
        if isDue(error.description) {
          log.error("an input topic cannot be read: \(error). The router needs the right READ on it.")
        }
      default:
        if isDue(error.description) { log.error("consumer: \(error)") }
      }
    }
  }

  /// `meminfo/0-3 vmstat/1`: partitions by topic.
  private static func text(of partitions: [TopicPartition]) -> String {
    var numbers: [String: [Int32]] = [:]
    for partition in partitions { numbers[partition.topic, default: []].append(partition.partition) }
    return numbers.sorted { $0.key < $1.key }.map { topic, numbers in
      let sorted = numbers.sorted()
      let isRun = sorted.count > 1 && zip(sorted, sorted.dropFirst()).allSatisfy { $1 == $0 + 1 }
      let text = isRun ? "\(sorted[0])-\(sorted[sorted.count - 1])" : sorted.map(String.init).joined(separator: ",")
      return "\(topic)/\(text)"
    }.joined(separator: " ")
  }
}
