internal import Kafka
internal import Logging

/// Slurm's messages about jobs, from all topics of `jobs.events`. On the index's thread.
///
/// Each topic has a reader with a client of its own, so that a topic that is not there yet holds up no other.
final class SlurmMessages {
  private let settings: JobIndexSettings
  private let log: Log
  private let observer: QuietObserver
  private var readers: [String: SlurmMessageReader] = [:]
  /// The topics that were deleted and created again.
  private var renewed: Set<String> = []
  /// The topics that did not exist at the last check.
  private var missing: Set<String> = []
  /// What was read and not handed out yet.
  private var gathered = SlurmAccounts()
  /// The monotonic time at which the topics were started, or started again.
  private var began: Int64 = 0
  /// When each topic is retried, by the monotonic clock.
  private var nextAttempt: [String: Int64] = [:]

  init(_ settings: JobIndexSettings, log: Log, observer: QuietObserver) {
    self.settings = settings
    self.log = log
    self.observer = observer
  }

  /// Whether the topics have been read up to where they ended. A topic that does not exist has no messages.
  var isComplete: Bool {
    settings.messages.allSatisfy { readers[$0]?.isComplete == true || missing.contains($0) }
  }

  /// The time up to which messages have been read, in milliseconds since 1970; `nil` if it is unknown.
  var readUpTo: Int64? {
    let topics = settings.messages.filter { !missing.contains($0) }
    let read = topics.compactMap { readers[$0]?.readUpTo }
    return read.count == topics.count ? read.min() : nil
  }

  /// Reads what has come.
  ///
  /// - Parameter failed: takes the error of a topic that cannot be read; the topic is retried.
  /// - Returns: what Slurm says of jobs. Nothing until all topics have been read once: otherwise jobs would be seen to start that
  ///   ended long ago, as their ends are in another topic.
  func read(_ now: Int64, failed: (_ topic: String, KafkaError) -> Void) -> [SlurmAccount] {
    for topic in settings.messages {
      do throws(KafkaError) {
        try read(topic, now)
      } catch {
        // Read again, with the others, as the first time.
        if readers[topic] != nil { (readers, began) = ([:], 0) }
        failed(topic, error)
      }
    }
    guard gathered.count > 0, mayHandOut(now) else { return [] }
    defer { gathered = SlurmAccounts() }
    return Array(gathered.all)
  }

  /// A topic that does not answer is not waited for any longer than the index's own.
  private func mayHandOut(_ now: Int64) -> Bool {
    if began == 0 { began = now }
    return now - began > JobIndexService.patienceMilliseconds
      || settings.messages.allSatisfy { readers[$0]?.isComplete ?? missing.contains($0) }
  }

  private func read(_ topic: String, _ now: Int64) throws(KafkaError) {
    if readers[topic] == nil {
      guard now >= nextAttempt[topic] ?? .min else { return }
      nextAttempt[topic] = now + JobIndexService.retryMilliseconds
      readers[topic] = try open(topic)
    }
    guard let reader = readers[topic] else { return }
    if try reader.isAnotherTopic(now: now) {
      log.warning(
        "a topic of jobs.events was deleted; if it is created again, it is read from its beginning", [.topic: topic])
      renewed.insert(topic)
      readers[topic] = nil
      nextAttempt[topic] = now
      return
    }
    for message in try reader.read() { gathered.add(SlurmAccount(message)) }
    reader.lookAtEnds(now: now)
  }

  private func open(_ topic: String) throws(KafkaError) -> SlurmMessageReader {
    let client = try AdminClient(properties: settings.administration, observer: observer)
    guard let found = try client.describeTopic(topic, timeoutMilliseconds: 2000), found.partitionCount > 0 else {
      missing.insert(topic)
      throw KafkaError(.unknownTopicOrPartition, operation: "read \"\(topic)\"")
    }
    missing.remove(topic)
    return try SlurmMessageReader(
      settings, topic: topic, partitionCount: found.partitionCount, isRenewed: renewed.contains(topic), log: log,
      observer: observer)
  }
}
