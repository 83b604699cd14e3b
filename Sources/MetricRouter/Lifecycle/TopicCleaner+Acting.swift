internal import Kafka
internal import Logging
internal import Runtime
internal import Topics

/// What is done about the topics of ended jobs.
extension TopicCleaner {
  /// Deletes topics.
  ///
  /// A row may have come for one of them since the look at it: then it stays. So that none comes between the last look
  /// and the deletion, the router's loop holds back the rows of these topics meanwhile (`TopicClosing`); for those that
  /// it has held back a topic is made again. Only another router may still write then.
  func delete(
    _ topics: [TopicDescription], _ client: AdminClient, _ first: TopicPartition, decided: Int64
  ) throws(KafkaError) {
    for start in stride(from: 0, to: topics.count, by: Self.deletionLimit) {
      guard mayGoOn(first, decided: decided) else { return }
      let known = try unchanged(Array(topics[start..<min(start + Self.deletionLimit, topics.count)]))
      guard !known.isEmpty else { continue }
      let closed = status.closing.close(known, milliseconds: Self.closingMilliseconds)
      if closed.count < known.count {
        log.debug(
          "rows for topics of ended jobs are under way; keeping the topics", [.count: "\(known.count - closed.count)"])
      }
      guard !closed.isEmpty else { continue }
      var deleted: Set<String> = []
      defer { status.closing.reopen(deleted: deleted) }
      guard mayGoOn(first, decided: decided) else { return }
      let batch = unwritten(closed.sorted(), client)
      guard !batch.isEmpty else { continue }
      log.debug("deleting topics of ended jobs", [.count: String(batch.count)])
      deleted = try deleteClosed(batch, client)
      for topic in deleted.sorted() {
        ledger.forget(topic)
        log.debug("topic of an ended job deleted", [.topic: topic])
      }
    }
  }

  /// Deletes topics to which nothing is sent, and waits until their brokers no longer know them.
  ///
  /// - Returns: those that have gone.
  private func deleteClosed(_ topics: [String], _ client: AdminClient) throws(KafkaError) -> Set<String> {
    var deleted: Set<String> = []
    var uncertain: Set<String> = []
    var failure: KafkaError?
    do throws(KafkaError) {
      for outcome in try client.deleteTopics(topics, timeoutMilliseconds: Self.requestMilliseconds) {
        switch outcome.error {
        case nil: deleted.insert(outcome.topic)
        case let error? where error.code == .unknownTopicOrPartition: deleted.insert(outcome.topic)
        case let error?:
          report(error, doing: "deleting topics of ended jobs", right: "DELETE")
          if error.remedy == .retry { uncertain.insert(outcome.topic) }
        }
      }
    } catch {
      // It may be carried out all the same, and a little later.
      uncertain = Set(topics)
      failure = error
    }
    let present = waitUntilGone(deleted.union(uncertain), client)
    deleted.formUnion(uncertain.subtracting(present))
    if let failure, deleted.isEmpty { throw failure }
    return deleted
  }

  /// Waits for brokers that carry out a deletion a moment after it was confirmed: one of them would still take a row.
  ///
  /// - Returns: the topics that were still there when the time was over.
  private func waitUntilGone(_ topics: Set<String>, _ client: AdminClient) -> Set<String> {
    var present = topics
    let deadline = MonotonicClock.milliseconds() + Self.goneMilliseconds
    while !present.isEmpty {
      let ends = client.watermarks(
        of: present.flatMap { ledger.partitions(of: $0) }, timeoutMilliseconds: Self.requestMilliseconds)
      let answers = Dictionary(grouping: ends, by: \.key.topic)
      present = present.filter { topic in
        answers[topic, default: []].contains { _, answer in
          if case .failure(let error) = answer { !error.code.saysTopicIsMissing } else { true }
        }
      }
      guard !present.isEmpty, !stop.isRequested, MonotonicClock.milliseconds() < deadline else { break }
      Thread.sleep(milliseconds: 50)
    }
    return present
  }

  /// The topics whose last message is still the one that was read: a topic that somebody else deleted and created again may end
  /// at the same offset.
  private func unchanged(_ topics: [TopicDescription]) throws(KafkaError) -> [String] {
    let tails = try tails(of: topics.filter { ledger.holdsMessages($0.name) })
    return topics.map(\.name).filter { name in
      guard let tail = tails[name] else { return !ledger.holdsMessages(name) }
      return ledger.confirm(tail, of: name)
    }
  }

  /// The topics that still end where they ended at the last check.
  private func unwritten(_ topics: [String], _ client: AdminClient) -> [String] {
    let partitions = Dictionary(uniqueKeysWithValues: topics.map { ($0, ledger.partitions(of: $0)) })
    let ends = client.watermarks(of: partitions.values.flatMap { $0 }, timeoutMilliseconds: Self.requestMilliseconds)
    return topics.filter { topic in
      let found = (partitions[topic] ?? []).compactMap { try? ends[$0]?.get() }
      return ledger.isUnwritten(topic, ends: found)
    }
  }

  /// Writes to topics that their jobs have ended.
  func end(_ topics: [String], _ first: TopicPartition, decided: Int64) throws(KafkaError) {
    for start in stride(from: 0, to: topics.count, by: Self.endLimit) {
      guard mayGoOn(first, decided: decided) else { return }
      try write(Array(topics[start..<min(start + Self.endLimit, topics.count)]))
    }
  }

  private func write(_ topics: [String]) throws(KafkaError) {
    var properties = settings.producer
    properties["transactional.id"] = nil
    properties["transaction.timeout.ms"] = nil
    properties["message.timeout.ms"] = "\(Self.requestMilliseconds)"
    properties["linger.ms"] = "5"
    // Not for longer than this: topics never leave a producer.
    let producer = try Producer(properties: properties, observer: observer)
    let headers = [MessageHeader(JobEnd.header, JobEnd.value)]
    func note(_ code: KafkaErrorCode, _ topic: String) {
      // It was deleted by somebody else.
      guard !code.saysTopicIsMissing else { return }
      let error = KafkaError(code, operation: "write to topic \"\(topic)\"")
      report(error, doing: "writing the last messages of ended jobs", right: "WRITE")
    }
    for (index, name) in topics.enumerated() {
      let topic = try producer.topic(named: name)
      // An address, but no bytes: an empty value, not a missing one.
      let code = Array(JobEnd.key.utf8).withUnsafeBytes { key in
        producer.produce(
          to: topic, partition: 0, value: UnsafeRawBufferPointer(rebasing: key[..<0]), key: key, timestamp: 0,
          headers: headers, tag: UInt(index + 1))
      }
      if let code { note(code, name) }
    }
    _ = producer.flush(timeoutMilliseconds: Int(Self.requestMilliseconds)) { report in
      guard topics.indices.contains(Int(report.tag) - 1) else { return }
      let name = topics[Int(report.tag) - 1]
      if let code = report.error {
        note(code, name)
      } else {
        ledger.noteJobEnd(in: name, offset: report.offset, time: report.timestamp)
        log.debug("job ended", [.topic: name])
      }
    }
  }
}
