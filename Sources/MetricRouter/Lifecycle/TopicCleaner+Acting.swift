internal import Kafka

/// What is done about the topics of ended jobs.
extension TopicCleaner {
  /// Deletes topics.
  ///
  /// A row may have come for one of them since the look at it: then it stays. One that comes while the brokers are deleting
  /// the topic finds none, and the router makes it again.
  func delete(
    _ topics: [String], _ client: AdminClient, _ first: TopicPartition, decided: Int64
  ) throws(KafkaError) {
    for start in stride(from: 0, to: topics.count, by: Self.deletionLimit) {
      guard mayGoOn(first, decided: decided) else { return }
      let batch = unwritten(Array(topics[start..<min(start + Self.deletionLimit, topics.count)]), client)
      guard !batch.isEmpty else { continue }
      for outcome in try client.deleteTopics(batch, timeoutMilliseconds: Self.requestMilliseconds) {
        switch outcome.error {
        case nil:
          ledger.forget(outcome.topic)
          log.debug("topic of an ended job deleted", [.topic: outcome.topic])
        case let error? where error.code == .unknownTopicOrPartition: ledger.forget(outcome.topic)
        case let error?: report(error, doing: "deleting topics of ended jobs", right: "DELETE")
        }
      }
    }
  }

  /// Those topics that end where they ended when they were looked at.
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
      report(error, doing: "writing that jobs have ended", right: "WRITE")
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
