internal import Kafka
internal import MetricRouter
import Naming
import RouterConfiguration
internal import TestSupport
import Topics

/// The topics that are read and written.
extension BenchBroker {
  func makeInputs(_ names: [String]) throws {
    try make(names.map { NewTopic(name: $0, partitions: 1, replication: 1) })
  }

  /// The topics that are written: of users, of jobs, and for dead letters.
  func outputs(
    _ workload: Workload, _ settings: RouterSettings
  ) -> (users: [NewTopic], jobs: [NewTopic], deadLetter: NewTopic) {
    let names = settings.plan.names
    let users = workload.topics.users.compactMap {
      names.user(Name($0.utf8)).map(settings.templates.user.topic(named:))
    }
    let jobs = workload.topics.jobs.compactMap { job in
      names.job(Name(job.job.utf8), user: Name(job.user.utf8)).map(settings.templates.job.topic(named:))
    }
    return (users, jobs, settings.templates.deadLetter.topic(named: names.deadLetters))
  }

  /// Makes the topics that are written, empty.
  func remakeOutputs(_ workload: Workload, _ settings: RouterSettings) async throws {
    let outputs = outputs(workload, settings)
    let topics = outputs.users + outputs.jobs + [outputs.deadLetter]
    for start in stride(from: 0, to: topics.count, by: Self.batch) {
      let names = topics[start..<min(start + Self.batch, topics.count)].map(\.name)
      for outcome in try admin.deleteTopics(names, timeoutMilliseconds: 60_000) {
        if let error = outcome.error, error.code != .unknownTopicOrPartition { throw error }
      }
    }
    try make(topics)
    try await waitUntilKnown(topics)
    // The files of the deleted topics go a second later; let the broker come to rest.
    try await Task.sleep(for: .seconds(2))
  }

  /// Whoever is fast because rows are missing was not fast.
  func checkOutputs(_ workload: Workload, _ settings: RouterSettings, rows expected: Int) throws {
    let outputs = outputs(workload, settings)
    let isTransactional = settings.delivery == .exactlyOnce
    func rows(_ topics: [NewTopic]) throws -> Int {
      let partitions = Self.partitions(of: topics)
      // Transactions leave marks in the topics, so offsets do not count their rows.
      if isTransactional { return try countCommitted(partitions) }
      return try partitions.reduce(0) { $0 + Int(try admin.watermarks(of: $1, timeoutMilliseconds: 10_000).high) }
    }
    let written = (try rows(outputs.users), try rows(outputs.jobs), try rows([outputs.deadLetter]))
    guard written == (expected, expected, 0) else {
      throw BenchError("of \(expected) rows \(written) came to the user, the job and the dead-letter topics")
    }
  }

  /// All partitions of topics that are made.
  static func partitions(of topics: [NewTopic]) -> [TopicPartition] {
    topics.flatMap { topic in (0..<(topic.partitions ?? 1)).map { TopicPartition(topic: topic.name, partition: $0) } }
  }

  /// Reads partitions to their ends.
  private func countCommitted(_ partitions: [TopicPartition]) throws -> Int {
    let consumer = try Consumer(
      properties: ClientProperties([
        "bootstrap.servers": cluster.bootstrap, "group.id": "count", "enable.partition.eof": "true",
      ]), observer: SilentObserver())
    try consumer.assign(partitions.map { TopicPartitionOffset($0, offset: 0) })
    var open = Set(partitions)
    var rows = 0
    let deadline = Deadline(within: .seconds(120))
    while !open.isEmpty {
      guard !deadline.hasPassed else { throw BenchError("the rows could not be counted in time") }
      switch try consumer.pollItem(timeoutMilliseconds: 100) {
      case .row: rows += 1
      case .end(let partition, _): open.remove(partition)
      case .failure(_, let error): if error.remedy != .retry { throw error }
      case .nothing: break
      }
    }
    return rows
  }

  /// The broker answers that topics are made before it knows them all: thousands take it seconds.
  private func waitUntilKnown(_ topics: [NewTopic]) async throws {
    let deadline = Deadline(within: .seconds(180))
    while true {
      let known = try admin.describeCluster(timeoutMilliseconds: 60_000).topics
      let missing = topics.count { (known[$0.name]?.partitionCount ?? 0) != $0.partitions ?? 1 }
      if missing == 0 { return }
      guard !deadline.hasPassed else {
        throw BenchError("the broker does not know \(missing) of \(topics.count) topics")
      }
      try await Task.sleep(for: .seconds(1))
    }
  }

  /// Topics of one request: the broker fails for thousands.
  private static let batch = 200

  private func make(_ topics: [NewTopic]) throws {
    for start in stride(from: 0, to: topics.count, by: Self.batch) {
      let some = Array(topics[start..<min(start + Self.batch, topics.count)])
      for outcome in try admin.createTopics(some, timeoutMilliseconds: 60_000) {
        if let error = outcome.error { throw error }
      }
    }
  }
}
