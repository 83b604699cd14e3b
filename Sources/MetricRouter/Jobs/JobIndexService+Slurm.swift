internal import Decomp
internal import Kafka

/// What Slurm says, by rows of LDMS and by messages of its own.
extension JobIndexService {
  /// Takes in rows of LDMS's Slurm samplers.
  func takeSlurmRows(_ rows: [JobFeed.SlurmPayload]) {
    guard !rows.isEmpty else { return }
    var readers: [String: SlurmRowReader?] = [:]
    let read = rows.compactMap { row -> (SlurmRow, Name?)? in
      if readers[row.topic] == nil { readers[row.topic] = .some(settings.plan.input(topic: row.topic).slurm) }
      guard let reader = readers[row.topic] ?? nil else { return nil }
      return row.bytes.withUnsafeBytes { reader.read($0) }.map { ($0, row.node) }
    }
    index.edit { ledger in
      for (row, node) in read { ledger.add(row, from: node) }
    }
  }

  /// Takes in the messages that have come on the topics that are configured.
  func readMessages(_ now: Int64) {
    for topic in settings.jobMessages { readMessages(of: topic, now) }
  }

  private func readMessages(of topic: String, _ now: Int64) {
    do throws(KafkaError) {
      if messages[topic] == nil {
        guard now >= nextMessageAttempt[topic] ?? .min else { return }
        nextMessageAttempt[topic] = now + Self.retryMilliseconds
        let client = try AdminClient(properties: settings.administration, observer: observer)
        guard let found = try client.describeTopic(topic, timeoutMilliseconds: 2000), found.partitionCount > 0 else {
          absentMessages.insert(topic)
          throw KafkaError(.unknownTopicOrPartition, operation: "read \"\(topic)\"")
        }
        absentMessages.remove(topic)
        messages[topic] = try SlurmMessageReader(
          settings, topic: topic, partitionCount: found.partitionCount, log: log, observer: observer)
      }
      guard let read = try messages[topic]?.read(), !read.isEmpty else { return }
      index.edit { ledger in
        for message in read { ledger.add(message) }
      }
    } catch {
      messages[topic] = nil
      report(error, doing: "reading Slurm's messages about jobs (jobs.events)", right: "READ", of: topic)
    }
  }
}
