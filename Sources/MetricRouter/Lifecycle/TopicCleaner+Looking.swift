internal import Kafka
internal import Logging
internal import Naming
internal import Runtime
internal import Topics

/// Checking all topics of jobs.
extension TopicCleaner {
  /// Looks, decides and acts, if this router is the one to do it.
  func look() throws(KafkaError) {
    guard let snapshot = status.nextSnapshot(milliseconds: 10000),
      snapshot.assignment.contains(where: { $0.partition == 0 })
    else { return rest() }
    let client = try openClient()
    let cluster = try client.describeCluster(timeoutMilliseconds: Self.requestMilliseconds)
    let inputs = inputPartitions(of: cluster)
    guard let first = inputs.first, snapshot.assignment.contains(first) else { return rest() }
    let names = settings.plan.names
    let jobs = cluster.topics.values.filter {
      if case .job = names.read($0.name) { true } else { false }
    }
    // In this order: a row before a committed offset stands in its topic when the ends are asked for.
    let caughtUp = try caughtUp(with: inputs, client)
    observe(jobs, client)
    reportIfBehind()
    log.debug("job topics checked", [.count: String(jobs.count)])
    guard let caughtUp else { return }
    let decided = MonotonicClock.milliseconds()
    let unread = Set(ledger.unread(caughtUp: caughtUp))
    for (name, tail) in try tails(of: jobs.filter { unread.contains($0.name) }) { ledger.note(tail, of: name) }
    let decision = ledger.decide(
      caughtUp: caughtUp, now: MonotonicClock.milliseconds(), time: WallClock.milliseconds())
    let expired = Set(decision.expired)
    try delete(jobs.filter { expired.contains($0.name) }, client, first, decided: decided)
    try end(decision.ended, first, decided: decided)
  }

  /// The partitions of the inputs that exist, sorted: the first one says which router cleans up.
  private func inputPartitions(of cluster: ClusterDescription) -> [TopicPartition] {
    let patterns = settings.inputs.map { TopicPattern($0) }
    let topics = cluster.topics.values.filter { topic in
      topic.partitionCount > 0 && patterns.contains { settings.reads(topic.name, by: $0) }
    }
    return topics.sorted { $0.name < $1.name }.flatMap { topic in
      (0..<topic.partitionCount).map { TopicPartition(topic: topic.name, partition: $0) }
    }
  }

  private func committed(_ partitions: [TopicPartition]) throws(KafkaError) -> [TopicPartition: Int64] {
    let offsets = try openGroup().committed(partitions, timeoutMilliseconds: Self.requestMilliseconds)
    return Dictionary(offsets.map { ($0.partition, $0.offset) }) { first, _ in first }
  }

  private func observe(_ jobs: [TopicDescription], _ client: AdminClient) {
    let partitions = jobs.flatMap { topic in
      (0..<topic.partitionCount).map { TopicPartition(topic: topic.name, partition: $0) }
    }
    let ends = client.watermarks(of: partitions, timeoutMilliseconds: Self.requestMilliseconds)
    var found: [String: [Watermarks]] = [:]
    for topic in jobs {
      let known = (0..<topic.partitionCount).compactMap {
        try? ends[TopicPartition(topic: topic.name, partition: $0)]?.get()
      }
      // One of which not all is known starts again.
      if known.count == Int(topic.partitionCount) { found[topic.name] = known }
    }
    ledger.observe(found, now: MonotonicClock.milliseconds())
  }

  /// The time up to which all input has been routed. If the router keeps up, that is now: the cleaner waits for rows under way,
  /// because jobs would otherwise end one look later.
  private func caughtUp(with inputs: [TopicPartition], _ client: AdminClient) throws(KafkaError) -> Int64? {
    let now = try observeInputs(inputs, client)
    while true {
      let caughtUp = progress.caughtUp(committed: try committed(inputs))
      guard caughtUp != now, MonotonicClock.milliseconds() - now < Self.routingMilliseconds, !stop.isRequested else {
        return caughtUp
      }
      Thread.sleep(milliseconds: Self.commitMilliseconds)
    }
  }

  /// - Returns: the moment before whose rows these are, by the monotonic clock.
  private func observeInputs(_ inputs: [TopicPartition], _ client: AdminClient) throws(KafkaError) -> Int64 {
    let time = MonotonicClock.milliseconds()
    var ends: [TopicPartition: Watermarks] = [:]
    for (partition, answer) in client.watermarks(of: inputs, timeoutMilliseconds: Self.requestMilliseconds) {
      ends[partition] = try answer.get()
    }
    progress.observe(ends, at: time)
    return time
  }

  /// Finds out what the last messages of topics are.
  func tails(of topics: [TopicDescription]) throws(KafkaError) -> [String: JobTopicLedger.Tail] {
    guard !topics.isEmpty else { return [:] }
    // The reader asks for the ends of committed rows; what is open has been seen not to move.
    let client = try AdminClient(properties: settings.administration, observer: observer)
    let reader = TopicContentReader(
      client, properties: settings.consumer, observer: observer, timeoutMilliseconds: Self.requestMilliseconds,
      depth: Self.tailDepth)
    let answer = try reader.read(topics, shouldContinue: { !stop.isRequested })
    for error in answer.refusals { report(error, doing: "looking for ended jobs", right: "READ") }
    return answer.partitions.mapValues { JobTopicLedger.Tail($0) }
  }

  private func openClient() throws(KafkaError) -> AdminClient {
    if let client { return client }
    var properties = settings.administration
    // Also in transactions that are still open, what is written counts.
    properties["isolation.level"] = "read_uncommitted"
    let made = try AdminClient(properties: properties, observer: observer)
    client = made
    return made
  }

  private func openGroup() throws(KafkaError) -> Consumer {
    if let group { return group }
    var properties = settings.consumer
    properties["group.instance.id"] = nil
    // A transaction that is just being committed need not be waited for: the offsets before it do as well.
    properties["isolation.level"] = "read_uncommitted"
    let made = try Consumer(properties: properties, observer: observer)
    group = made
    return made
  }
}
