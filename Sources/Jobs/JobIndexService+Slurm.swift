internal import Decomp
internal import Kafka
internal import Logging
internal import Naming

/// What Slurm says, by rows of LDMS and by messages of its own.
extension JobIndexService {
  /// Takes in rows of LDMS's Slurm samplers.
  package func takeSlurmRows(_ rows: [JobFeed.SlurmPayload]) {
    guard !rows.isEmpty else { return }
    let read = rows.compactMap { row in row.bytes.withUnsafeBytes { row.reader.read($0) }.map { ($0, row.node) } }
    index.edit { ledger in
      for (row, node) in read { ledger.add(row, from: node) }
    }
  }

  /// Takes in the messages that have come on the topics that are configured.
  package func readMessages(_ now: Int64) {
    guard !settings.messages.isEmpty else { return }
    for topic in settings.messages { readMessages(of: topic, now) }
    guard gatheredMessages.count > 0, hasReadMessages(now) else { return }
    let accounts = Array(gatheredMessages.all)
    gatheredMessages = SlurmAccounts()
    for start in stride(from: 0, to: accounts.count, by: Self.messagePortion) {
      index.edit { ledger in
        for account in accounts[start..<min(start + Self.messagePortion, accounts.count)] { ledger.add(account) }
      }
    }
  }

  /// Jobs in one go: readers wait meanwhile.
  private static let messagePortion = 500

  /// Whether all topics have been read once, as far as they are there: otherwise jobs would be seen to start that ended
  /// long ago, as their ends are in another topic. One that does not answer is not waited for any longer than the
  /// index's own.
  private func hasReadMessages(_ now: Int64) -> Bool {
    if messagesBegan == 0 { messagesBegan = now }
    return now - messagesBegan > Self.patienceMilliseconds
      || settings.messages.allSatisfy { topic in
        messages[topic]?.isComplete ?? missingMessages.contains(topic)
      }
  }

  private func readMessages(of topic: String, _ now: Int64) {
    do throws(KafkaError) {
      if messages[topic] == nil {
        guard now >= nextMessageAttempt[topic] ?? .min else { return }
        nextMessageAttempt[topic] = now + Self.retryMilliseconds
        let client = try AdminClient(properties: settings.administration, observer: observer)
        guard let found = try client.describeTopic(topic, timeoutMilliseconds: 2000), found.partitionCount > 0 else {
          missingMessages.insert(topic)
          throw KafkaError(.unknownTopicOrPartition, operation: "read \"\(topic)\"")
        }
        missingMessages.remove(topic)
        messages[topic] = try SlurmMessageReader(
          settings, topic: topic, partitionCount: found.partitionCount, isRenewed: renewedMessages.contains(topic),
          log: log, observer: observer)
      }
      if try messages[topic]?.isAnotherTopic(now: now) == true {
        log.warning(
          "a topic of jobs.events was deleted; if it is created again, it is read from its beginning", [.topic: topic])
        renewedMessages.insert(topic)
        messages[topic] = nil
        nextMessageAttempt[topic] = now
        return
      }
      for message in try messages[topic]?.read() ?? [] { gatheredMessages.add(SlurmAccount(message)) }
      messages[topic]?.lookAtEnds(now: now)
    } catch {
      // read again, with the others, as the first time.
      if messages[topic] != nil { (messages, messagesBegan) = ([:], 0) }
      report(error, doing: "reading Slurm's messages about jobs (jobs.events)", right: "READ", of: topic)
    }
  }
}
