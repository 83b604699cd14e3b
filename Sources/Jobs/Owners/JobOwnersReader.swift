package import Kafka
internal import Logging
internal import Naming
internal import Runtime

/// Reads the owners of jobs once, as a router knows them: from the topic of the job index and from Slurm's messages.
///
/// For commands that judge rows by the number of their job. In no group; it needs READ permission on these topics.
package struct JobOwnersReader {
  private let settings: JobIndexSettings
  private let client: AdminClient
  private let observer: any ClientObserver
  private let timeoutMilliseconds: Int32

  /// How long one poll of the topics may take, in milliseconds.
  private static let turnMilliseconds: Int32 = 50

  /// - Parameter timeoutMilliseconds: how long all of it may take.
  package init(
    _ settings: JobIndexSettings, client: AdminClient, observer: any ClientObserver, timeoutMilliseconds: Int32
  ) {
    self.settings = settings
    self.client = client
    self.observer = observer
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Reads.
  ///
  /// - Returns: `nil` where there is no topic of the job index: no router has created it.
  package func read() throws(KafkaError) -> JobOwners? {
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    while true {
      do {
        return try read(until: deadline)
      } catch {
        guard error.remedy == .retry, error.code != .timedOut, MonotonicClock.milliseconds() < deadline else {
          throw error
        }
      }
      Thread.sleep(milliseconds: Int(Self.turnMilliseconds))
    }
  }

  private func read(until deadline: Int64) throws(KafkaError) -> JobOwners? {
    let topic = settings.names.jobIndex
    guard let partitionCount = try partitionCount(of: topic) else { return nil }
    let index = JobIndex(settings, isReader: true)
    let follower = try JobIndexFollower(
      properties: settings.consumer, topic: topic, partitionCount: partitionCount, index: index, observer: observer)
    // What cannot be read in one of their messages, a router has logged.
    let log = Log(level: .error, format: .text, write: { _ in })
    var messages: [SlurmMessageReader] = []
    for topic in settings.messages {
      guard let partitionCount = try self.partitionCount(of: topic) else { continue }
      messages.append(
        try SlurmMessageReader(
          settings, topic: topic, partitionCount: partitionCount, isRenewed: false, log: log, observer: observer))
    }
    while !follower.isComplete || messages.contains(where: { $0.readUpTo == nil }) {
      try follower.follow(milliseconds: Self.turnMilliseconds)
      for reader in messages {
        let read = try reader.read().map { SlurmAccount($0) }
        index.edit { ledger in
          for account in read { ledger.add(account) }
        }
        reader.lookAtEnds(now: MonotonicClock.milliseconds())
      }
      guard MonotonicClock.milliseconds() < deadline else {
        throw KafkaError(.timedOut, operation: "read the owners of jobs from \"\(topic)\"")
      }
    }
    var owners = index.edit { $0.owners() }
    owners.messagesRead = messages.compactMap(\.readUpTo).min()
    owners.rowsBehind = index.readRouters { $0.ownersBehind() }
    owners.taken = WallClock.milliseconds()
    return owners
  }

  /// `nil` where the topic does not exist. The embedded broker would create one that is asked for by its name.
  private func partitionCount(of topic: String) throws(KafkaError) -> Int32? {
    let left = timeoutMilliseconds
    if let found = try client.describeCluster(timeoutMilliseconds: left).topics[topic] { return found.partitionCount }
    guard try !client.isEmbeddedBroker(timeoutMilliseconds: left) else { return nil }
    guard let found = try client.describeTopic(topic, timeoutMilliseconds: left), found.partitionCount > 0 else {
      return nil
    }
    return found.partitionCount
  }
}
