internal import Jobs
internal import Kafka
internal import Logging
internal import Naming
internal import Runtime
internal import Topics

/// The consumer's group: partitions that come and go, and what the group has to complain about.
extension RouterSession: ConsumerDelegate {
  func assigned(_ partitions: [TopicPartition], to consumer: Consumer) {
    for partition in partitions {
      guard !plan.names.owns(partition.topic) || partition.topic == plan.names.waiting else {
        phase.end(.failed(.ownTopic(partition.topic)))
        return
      }
      // They are begun by the loop, which can wait for a coordinator that is away.
      let (slot, isNew) = assignment.assign(partition, input: addInput(partition.topic), since: lookups.last)
      if isNew { added(slot: slot) }
      jobs.assign(slot)
      unrouted.forgetEnds(slot)
    }
    assignment.join()
    jobs.assigned = WallClock.milliseconds()
    totals.rebalances += 1
    log.info(
      "partitions assigned",
      [
        .count: String(partitions.count), .assigned: String(assignment.assigned.count),
        .partitions: Self.text(of: partitions), .group: settings.group,
      ])
    publish(withJobs: status.areJobsWanted)
  }

  /// Makes the group assign its partitions again if some partitions of the inputs have no reader (`UnreadPartitions`).
  func rejoinIfAsked() {
    guard status.takeRejoinRequest() else { return }
    totals.rejoins += 1
    do {
      try consumer.rejoin(settings.subscription, timeoutMilliseconds: Self.leaveMilliseconds)
    } catch {
      phase.end(.failed(.group(settings.group, error)))
    }
  }

  func revoked(_ partitions: [TopicPartition], lost: Bool, from consumer: Consumer) {
    let limit = lost ? nil : phase.deadline ?? MonotonicClock.milliseconds() + Phase.drainMilliseconds
    let depth = phase.enter(.revocation(until: limit))
    defer { phase.leave(depth) }
    switch phase.revocation(lost: lost) {
    case .finish:
      // Everything that was consumed is finished and committed before the partitions go. The batch that is being
      // filled ends here: its rows count as well.
      let wasOpen = tracker.isBatchOpen
      closeBatch()
      finishRows()
      if wasOpen { openBatch() }
    case .abandon:
      dropTransaction(KafkaError(.assignmentLost, operation: "finish the rows of a transaction"))
    case .nothing: break
    }
    for partition in partitions {
      guard let slot = assignment.slot(of: partition) else { continue }
      tracker.revoke(slot)
      unrouted.forget(partition, slot: slot)
    }
    assignment.revoke(partitions)
    log.info(
      lost ? "partitions lost" : "partitions revoked",
      [
        .count: String(partitions.count), .assigned: String(assignment.assigned.count),
        .partitions: Self.text(of: partitions), .group: settings.group,
      ])
    publish(withJobs: status.areJobsWanted)
  }

  /// The end is committed like a row: who asks the group how far it is must not take a mark of a transaction for a row
  /// that waits.
  func reachedEnd(of partition: TopicPartition, at offset: Int64) {
    assignment.accept(partition)
    guard assignment.pending[partition] == nil, let slot = assignment.slot(of: partition) else { return }
    // While a row of it waits, the partition has not been read to its end.
    if !unrouted.isHeldBack(slot) { jobs.reachedEnd(slot) }
    unrouted.reachedEnd(slot, at: offset)
    noteEnds()
  }

  /// Takes note of ends of partitions, as far as they count.
  func noteEnds() {
    for (slot, offset) in unrouted.takeEnds() { tracker.reachedEnd(slot, at: offset) }
  }

  func lostPosition(in partition: TopicPartition, _ error: KafkaError) {
    guard assignment.assigned.contains(partition), let slot = assignment.slot(of: partition) else { return }
    log.debug("the position is not in the partition", [.partitions: "\(partition)", .error: error.reason])
    suspend(partition, slot: slot, isOutside: true)
  }

  func committed(_ offsets: [TopicPartitionOffset], error: KafkaError?) {
    // The answers come in the order of the commits.
    if let sent = delivery.answeredCommit(), error == nil {
      totals.commits.observe(MonotonicClock.milliseconds() - sent)
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
      phase.end(.rebuild(error))
    case .retry, .abort:
      if isDue("consume \(error.code.name)") { log.warning("consumer: \(error.reason)", [.code: error.code.name]) }
    case .giveUp:
      switch error.code {
      case .groupAuthorizationFailed:
        phase.end(.failed(.group(settings.group, error)))
      case .unknownTopicOrPartition, .unknownTopic:
        if isDue(error.description) { log.warning("an input topic does not exist: \(error)") }
        // If it was, the group's offsets have gone with it.
        lookups.want()
        // Nobody else makes the one that is the router's own.
        if error.partition?.topic == plan.names.waiting || error.partition == nil {
          maker.request(settings.templates.waiting.topic(named: plan.names.waiting))
        }
      case .topicAuthorizationFailed:
        // A topic that may not even be seen is in nobody's assignment, and librdkafka names its partition 0.
        if let partition = error.partition { assignment.refuse(partition) }
        noteUnreadable(error)
      default:
        if isDue(error.description) { log.error("consumer: \(error)") }
      }
    }
  }

  /// A row came of a partition: if the brokers refused its rows before, they no longer do.
  func heardFrom(_ message: borrowing ConsumedMessage) {
    assignment.accept(TopicPartition(topic: message.topic, partition: message.partition))
  }

  /// Says once a minute that the brokers refuse an input topic.
  func noteUnreadable(_ error: KafkaError) {
    if isDue(error.description) {
      log.error("an input topic cannot be read: \(error). The router needs READ permission on it.")
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
