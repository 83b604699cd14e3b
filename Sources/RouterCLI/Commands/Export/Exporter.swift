internal import Exporting
internal import Glibc
internal import Kafka
internal import Naming
internal import Reading
internal import RouterConfiguration
internal import Runtime

/// Reads users' topics and hands each row to the files of its user.
///
/// By `assign`, never committing: the journals beside the files say how far they are. What is wrong with the files of one user
/// holds up that user alone. Belongs to the main thread.
final class Exporter {
  /// What the command line asks for.
  struct Choice {
    let directory: String
    let user: Name?
    let job: Name?
    let since: Duration?
    let follows: Bool
    let format: ExportFormat
    let limits: ExportLimits
  }

  let settings: TailSettings
  let connection: TailConnection
  let choice: Choice
  let rules: RowJobRules
  let notes: TailNotes
  let consumer: Consumer
  let directory: ExportDirectory
  let writer: RowWriter

  var users: [ExportedUser] = []
  var userOfTopic: [String: Int] = [:]
  var partitions: [ExportedPartition] = []
  /// Finds a row's partition.
  var places = PartitionPlaces([])
  /// Whether the brokers have answered once.
  var hasTopics = false
  let began = MonotonicClock.milliseconds()

  /// Bytes that wait in files since the last checkpoint.
  private var pendingBytes = 0
  private var nextCheckpoint: Int64 = 0
  private var nextHardening: Int64 = 0
  private var nextDiscovery: Int64 = 0
  private var nextQuestion: Int64 = 0
  private var nextTrimming: Int64 = 0

  /// So many bytes at most wait for the next checkpoint.
  private static let mostPendingBytes = 32 << 20
  private static let checkpointMilliseconds: Int64 = 1000
  /// Checkpoints that take long are made more seldom: they may have this share of the time.
  private static let checkpointShare: Int64 = 4
  private static let hardeningMilliseconds: Int64 = 30_000
  private static let discoveryMilliseconds: Int64 = 5000
  private static let questionMilliseconds: Int64 = 3000
  private static let trimmingMilliseconds: Int64 = 60_000
  /// For so long files are remembered that are not written any more, where there is no limit.
  private static let keptSeconds: Int64 = 30 * 86_400
  static let outageNote = "no broker can be reached; waiting for one"

  init(
    _ settings: TailSettings, _ connection: TailConnection, _ choice: Choice, rules: RowJobRules, notes: TailNotes
  ) throws(CommandFailure) {
    self.settings = settings
    self.connection = connection
    self.choice = choice
    self.rules = rules
    self.notes = notes
    directory = try Self.open(choice, notes)
    writer = RowWriter(format: choice.format, rules: rules, job: choice.job) { text in try? notes.tell(text) }
    let group = choice.user.map { "\(TopicNames.groupPrefix(user: $0))export" } ?? settings.configuration.group
    var properties = connection.properties.forReader(group: group)
    // One queue for all partitions: what waits in it is memory.
    if properties["queued.max.messages.kbytes"] == nil { properties["queued.max.messages.kbytes"] = "32768" }
    // Otherwise it takes librdkafka minutes to find a topic that was made again.
    if properties["topic.metadata.refresh.interval.ms"] == nil {
      properties["topic.metadata.refresh.interval.ms"] = "10000"
    }
    do {
      consumer = try Consumer(properties: properties, observer: connection.observer)
    } catch {
      throw connection.failure(error)
    }
  }

  /// Opens the directory; waits where the disk is full.
  private static func open(_ choice: Choice, _ notes: TailNotes) throws(CommandFailure) -> ExportDirectory {
    while true {
      do {
        return try ExportDirectory(choice.directory, format: choice.format, job: choice.job)
      } catch {
        guard error.kind == .full else { throw CommandFailure(.writeFailed, "\(error)") }
        try notes.tell("\(error); waiting for space")
      }
      if Interruption.wait(atMost: .seconds(1)), let code = Interruption.exitCode { throw CommandFailure(code, "") }
    }
  }

  func run() throws(CommandFailure) -> ExitCode {
    defer {
      try? consumer.assign([])
      _ = consumer.leave(timeoutMilliseconds: 1000)
    }
    try discover()
    guard choice.follows || !users.isEmpty else {
      throw CommandFailure(
        .inputMissing, choice.user.map { "there is no topic of user '\($0)'" } ?? "there is no topic of a user",
        hint: "Users have a topic from their first row on. Check --user and --prefix, and that your login can see it.")
    }
    if users.isEmpty { try notes.tell("there is no topic of a user yet; waiting for one") }
    var stopped: ExitCode?
    while choice.follows || !isDone {
      stopped = Interruption.exitCode
      if stopped != nil { break }
      // To look at the clock for each row would cost as much as some rows.
      var steps = 0
      while steps < 500, try step() { steps += 1 }
      try doWhatIsDue(MonotonicClock.milliseconds())
    }
    return try finish(stopped)
  }

  private var isDone: Bool { partitions.allSatisfy(\.isDone) }

  private func finish(_ stopped: ExitCode?) throws(CommandFailure) -> ExitCode {
    for user in users.indices { try write(user, hardens: true) }
    try trim()
    let waiting = users.filter { $0.trouble != nil }
    guard !waiting.isEmpty else { return stopped ?? .ok }
    for user in waiting {
      guard let trouble = user.trouble else { continue }
      try notes.tell("\(user.user): \(trouble.error); the next export continues there")
    }
    if let stopped { return stopped }
    throw CommandFailure(
      .writeFailed, "not all rows of \(waiting.map { "\($0.user)" }.prefix(5).joined(separator: ", ")) are written")
  }

  private func doWhatIsDue(_ now: Int64) throws(CommandFailure) {
    if now >= nextCheckpoint || pendingBytes >= Self.mostPendingBytes {
      let hardens = now >= nextHardening
      for user in users.indices where users[user].hasNews || hardens { try write(user, hardens: hardens) }
      pendingBytes = 0
      let end = MonotonicClock.milliseconds()
      nextCheckpoint = end + max(Self.checkpointMilliseconds, (end - now) * Self.checkpointShare)
      if hardens { nextHardening = end + Self.hardeningMilliseconds }
    }
    for user in users.indices {
      if let trouble = users[user].trouble, now >= trouble.retryAt { try retry(user, now) }
    }
    if now >= nextDiscovery {
      try discover()
      nextDiscovery = MonotonicClock.milliseconds() + Self.discoveryMilliseconds
    }
    if now >= nextTrimming {
      try trim()
      nextTrimming = MonotonicClock.milliseconds() + Self.trimmingMilliseconds
    }
    if now >= nextQuestion {
      try askForAnotherTopic()
      nextQuestion = MonotonicClock.milliseconds() + Self.questionMilliseconds
    }
  }

  // MARK: - Rows

  /// - Returns: whether there may be more at once.
  private func step() throws(CommandFailure) -> Bool {
    let item: ConsumedItem
    do {
      item = try consumer.pollItem(timeoutMilliseconds: 100)
    } catch {
      guard error.remedy == .retry else { throw connection.failure(error) }
      return false
    }
    switch consume item {
    case .row(let message):
      let index = places.index(of: message)
      if index >= 0 { try take(message, index) }
      return true
    case .end(let partition, let offset):
      guard let index = places.index(of: partition) else { return true }
      if partitions[index].course.isAnotherTopic(endingAt: offset) {
        try startOver(index)
      } else {
        finish(index, at: offset)
      }
      return true
    case .failure(let partition, let error):
      try meet(error, partition)
      return true
    case .nothing:
      if let refusal = connection.observer.refusal { throw connection.failure(refusal) }
      if connection.observer.takeAllBrokersDown() { try notes.tell(Self.outageNote) }
      return false
    }
  }

  private func take(_ message: borrowing ConsumedMessage, _ index: Int) throws(CommandFailure) {
    let offset = message.offset
    guard !partitions[index].isDone else { return }
    if let end = partitions[index].end, offset >= end { return finish(index, at: offset) }
    let time = message.timestamp ?? 0
    let place = writer.place(ofKey: message.key, time: time)
    let verdict = partitions[index].course.take(offset, time: time, checksum: place.checksum, row: place.row)
    let user = partitions[index].user
    switch verdict {
    case .anotherTopic: return try startOver(index)
    case .known: break
    case .new:
      let payload = message.payload
      if let files = users[user].files, !payload.isEmpty {
        writer.write(payload, from: place, to: files)
        pendingBytes += payload.count
      }
    }
    users[user].hasNews = true
    finish(index, at: offset + 1)
  }

  /// Without following: a partition may have been read to where it ended at the beginning.
  private func finish(_ index: Int, at offset: Int64) {
    guard let end = partitions[index].end, offset >= end else { return }
    partitions[index].isDone = true
  }

  private func meet(_ error: KafkaError, _ partition: TopicPartition) throws(CommandFailure) {
    switch error.code {
    case .topicAuthorizationFailed where choice.user == nil:
      try notes.tell("READ permission on \(partition.topic) is missing; its rows are not exported")
      if let index = places.index(of: partition), !choice.follows { partitions[index].isDone = true }
    default:
      // A topic that was deleted has no more rows; brokers that are away are waited for.
      if error.remedy != .retry, !error.code.saysTopicIsMissing { throw connection.failure(error) }
    }
  }

  // MARK: - Files

  /// Writes what waits for a user's files.
  private func write(_ index: Int, hardens: Bool) throws(CommandFailure) {
    guard users[index].trouble == nil, let files = users[index].files?.files else { return }
    for partition in users[index].partitions {
      guard let position = partitions[partition].course.position else { continue }
      files.reach(position, partition: partitions[partition].partition.partition)
    }
    users[index].hasNews = false
    do {
      if hardens { try files.harden() } else { try files.checkpoint() }
    } catch {
      try note(error, index)
    }
  }

  /// Opens the files of users that have none yet.
  func open(_ index: Int) throws(CommandFailure) {
    guard users[index].files == nil, users[index].trouble == nil else { return }
    do {
      try openFiles(index)
    } catch {
      try note(error, index)
    }
  }

  private func openFiles(_ index: Int) throws(ExportError) {
    let user = users[index].user
    let account = try ExportAccount.find(user)
    if geteuid() == 0, account == nil {
      try? notes.tell("user \(user) has no account on this machine; root owns the files", once: "no account \(user)")
    }
    let kept = max(Self.keptSeconds, choice.limits.age.map { $0 * 2 } ?? 0)
    let files = try UserExport(in: directory, user: user, account: account, keptSeconds: kept) { [notes] text in
      try? notes.tell(text)
    }
    users[index].files = RowWriter.User(files, rules: rules)
  }

  private func note(_ error: ExportError, _ index: Int) throws(CommandFailure) {
    let user = users[index].user
    let now = MonotonicClock.milliseconds()
    users[index].trouble = ExportTrouble(error, after: users[index].trouble, now: now)
    guard error.kind != .full else {
      try notes.tell("\(error); rows of \(user) wait for space", once: "trouble \(user)")
      return try pause(index)
    }
    if choice.user != nil { throw CommandFailure(.writeFailed, "\(error)") }
    try notes.tell("\(error); rows of \(user) wait", once: "trouble \(user)")
    try pause(index)
    guard !choice.follows else { return }
    users[index].isGivenUp = true
    for partition in users[index].partitions { partitions[partition].isDone = true }
  }

  private func pause(_ index: Int) throws(CommandFailure) {
    do {
      try consumer.pause(users[index].partitions.map { partitions[$0].partition })
    } catch {
      throw connection.failure(error)
    }
  }

  private func retry(_ index: Int, _ now: Int64) throws(CommandFailure) {
    guard !users[index].isGivenUp, let trouble = users[index].trouble else { return }
    do {
      if users[index].files == nil { try openFiles(index) }
      try users[index].files?.files.checkpoint()
    } catch {
      users[index].trouble = ExportTrouble(error, after: trouble, now: now)
      return
    }
    users[index].trouble = nil
    users[index].hasNews = true
    notes.forget("trouble \(users[index].user)")
    try notes.tell("the files of \(users[index].user) can be written again", once: "again \(users[index].user)")
    notes.forget("again \(users[index].user)")
    do {
      try consumer.resume(users[index].partitions.filter { partitions[$0].isBegun }.map { partitions[$0].partition })
    } catch {
      throw connection.failure(error)
    }
    try begin()
  }

  /// Removes files that are more than the limits allow.
  private func trim() throws(CommandFailure) {
    guard !choice.limits.isEmpty else { return }
    let files = users.map { $0.files?.files.writtenFiles ?? [:] }
    let excess = choice.limits.excess(files, now: WallClock.milliseconds() / 1000)
    for (index, paths) in excess.enumerated() where !paths.isEmpty && users[index].trouble == nil {
      let count: Int
      do {
        count = try users[index].files?.files.remove(paths) ?? 0
      } catch {
        try note(error, index)
        continue
      }
      guard count > 0 else { continue }
      try notes.tell(
        "removed \(count) \(count == 1 ? "file" : "files") of \(users[index].user), by the limits", once: "limits")
      notes.forget("limits")
    }
  }
}
