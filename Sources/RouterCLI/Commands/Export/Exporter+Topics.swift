internal import Exporting
internal import Kafka
internal import Naming
internal import Reading
internal import Runtime

/// Which topics there are, where to begin, and whether they are still the same.
extension Exporter {
  private static let timeoutMilliseconds: Int32 = 2000
  /// Without following, so long partitions may have no leader at the start.
  private static let patienceMilliseconds: Int64 = 30_000

  /// Takes up topics and partitions that are new.
  func discover() throws(CommandFailure) {
    let counts: [String: Int32]
    do {
      counts = try topics()
    } catch {
      // At the start somebody waits for an answer; later brokers that are away are waited for.
      guard hasTopics, error.exitCode == .brokerUnavailable else { throw error }
      return
    }
    for (topic, count) in counts.sorted(by: { $0.key < $1.key }) {
      guard case .user(let user) = settings.names.read(topic), choice.user ?? user == user else { continue }
      if userOfTopic[topic] == nil {
        // Without following, what comes later is not wanted.
        guard choice.follows || !hasTopics else { continue }
        userOfTopic[topic] = users.count
        users.append(ExportedUser(user: user, topic: topic))
      }
      guard let index = userOfTopic[topic], choice.follows || !hasTopics else { continue }
      for number in users[index].partitions.count..<max(users[index].partitions.count, Int(count)) {
        users[index].partitions.append(partitions.count)
        partitions.append(
          ExportedPartition(partition: TopicPartition(topic: topic, partition: Int32(number)), user: index))
      }
      if !users[index].isPresent { try readAgain(users[index].partitions) }
    }
    hasTopics = true
    notes.forget(Self.outageNote)
    for index in users.indices { users[index].isPresent = counts[users[index].topic] != nil }
    for index in users.indices { try open(index) }
    try begin()
    guard !choice.follows, MonotonicClock.milliseconds() - began > Self.patienceMilliseconds else { return }
    if let silent = partitions.first(where: { !$0.isBegun && !$0.isDone && users[$0.user].trouble == nil }) {
      throw connection.failure(KafkaError(.timedOut, operation: "ask for the offsets of \(silent.partition)"))
    }
  }

  /// The users' topics: one where one user is chosen, for there may be thousands.
  private func topics() throws(CommandFailure) -> [String: Int32] {
    guard let user = choice.user else { return try connection.partitionCounts() }
    guard let topic = settings.names.user(user) else {
      throw CommandFailure(
        .usage, "no topic can be named after user '\(user)': it would be too long",
        hint: "Topics have at most \(TopicNames.longestName) characters. See 'router help export'.")
    }
    return try connection.describe(topic).map { [topic: $0.partitionCount] } ?? [:]
  }

  /// Begins to read partitions that are not read yet and whose files can be written.
  func begin() throws(CommandFailure) {
    let waiting = partitions.indices.filter {
      !partitions[$0].isBegun && users[partitions[$0].user].files != nil && users[partitions[$0].user].trouble == nil
    }
    guard !waiting.isEmpty else { return }
    let ends = consumer.watermarks(
      of: waiting.map { partitions[$0].partition }, timeoutMilliseconds: Self.timeoutMilliseconds)
    var courses: [Int: PartitionCourse] = [:]
    var recentTimes: [TopicPartition: Int64] = [:]
    var newTimes: [TopicPartition: Int64] = [:]
    let since = choice.since.map { max(0, WallClock.milliseconds() - $0.wholeMilliseconds) }
    for index in waiting {
      let (partition, user) = (partitions[index].partition, partitions[index].user)
      let course = PartitionCourse(users[user].files?.files.positions[partition.partition])
      courses[index] = course
      if let time = course.timeOfRecent {
        recentTimes[partition] = time
      } else if let since {
        newTimes[partition] = since
      }
    }
    let recent = consumer.offsets(notBefore: recentTimes, timeoutMilliseconds: Self.timeoutMilliseconds)
    let firsts = consumer.offsets(notBefore: newTimes, timeoutMilliseconds: Self.timeoutMilliseconds)
    var starts: [TopicPartitionOffset] = []
    for index in waiting {
      let partition = partitions[index].partition
      // A partition without a leader is asked for again.
      guard case .success(let marks) = ends[partition], var course = courses[index] else { continue }
      var start: Int64?
      if newTimes[partition] != nil {
        switch firsts[partition] {
        case .success(let offset): start = offset
        case nil: start = marks.high
        case .failure: continue
        }
      } else {
        var again: Int64?
        if recentTimes[partition] != nil {
          switch recent[partition] {
          case .success(let offset): again = offset
          // The last row that was read is younger, so these brokers do not know times.
          case nil: break
          case .failure: continue
          }
        }
        start = course.begin(low: marks.low, end: marks.high, recent: again)
      }
      partitions[index].course = course
      partitions[index].isBegun = true
      if !choice.follows {
        partitions[index].end = marks.high
        if marks.low == marks.high { partitions[index].isDone = true }
      }
      starts.append(TopicPartitionOffset(partition, offset: start ?? TopicPartitionOffset.beginning))
    }
    guard !starts.isEmpty else { return }
    places = PartitionPlaces(partitions.indices.map { ($0, partitions[$0].partition) })
    do {
      try consumer.begin(at: starts)
    } catch {
      throw connection.failure(error)
    }
  }

  /// The topic was deleted and made again: nothing of it has been read.
  func startOver(_ index: Int) throws(CommandFailure) {
    partitions[index].course.startOver()
    try notes.tell("\(partitions[index].partition.topic) was deleted and created again; reading it from its beginning")
    notes.forget("\(partitions[index].partition.topic) was deleted and created again; reading it from its beginning")
    try beginAgain([TopicPartitionOffset(partitions[index].partition, offset: TopicPartitionOffset.beginning)])
  }

  /// Partitions are read again from a row that is known, to see whether the topic is still the same.
  private func readAgain(_ indices: [Int]) throws(CommandFailure) {
    let begun = indices.filter { partitions[$0].isBegun }
    let ends = consumer.watermarks(
      of: begun.map { partitions[$0].partition }, timeoutMilliseconds: Self.timeoutMilliseconds)
    var starts: [TopicPartitionOffset] = []
    for index in begun {
      // Without an answer, the next question is asked in a few seconds.
      guard case .success(let marks) = ends[partitions[index].partition] else { continue }
      let start = partitions[index].course.readWitness(low: marks.low)
      starts.append(
        TopicPartitionOffset(partitions[index].partition, offset: start ?? TopicPartitionOffset.beginning))
    }
    try beginAgain(starts)
  }

  private func beginAgain(_ starts: [TopicPartitionOffset]) throws(CommandFailure) {
    guard !starts.isEmpty else { return }
    places = PartitionPlaces(partitions.indices.map { ($0, partitions[$0].partition) })
    do {
      try consumer.release(starts.map(\.partition))
      try consumer.begin(at: starts)
    } catch {
      throw connection.failure(error)
    }
  }

  /// Asks whether topics were deleted and created again: librdkafka 2.0.2 continues in the new one without a word.
  func askForAnotherTopic() throws(CommandFailure) {
    var times: [TopicPartition: Int64] = [:]
    var asked: [Int] = []
    for index in partitions.indices where partitions[index].isBegun && users[partitions[index].user].trouble == nil {
      guard let time = partitions[index].course.ask() else { continue }
      times[partitions[index].partition] = time
      asked.append(index)
    }
    guard !asked.isEmpty else { return }
    let younger = consumer.offsets(notBefore: times, timeoutMilliseconds: Self.timeoutMilliseconds)
    let ends = consumer.watermarks(
      of: asked.map { partitions[$0].partition }, timeoutMilliseconds: Self.timeoutMilliseconds)
    var suspects: [Int] = []
    for index in asked {
      let partition = partitions[index].partition
      guard case .success(let marks) = ends[partition] else { continue }
      let first: Int64?
      switch younger[partition] {
      case .success(let offset): first = offset
      case nil: first = nil
      case .failure: continue
      }
      if partitions[index].course.take(younger: first, end: marks.high) { suspects.append(index) }
    }
    try readAgain(suspects)
  }
}
