internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Naming
internal import Runtime
internal import Tailing
internal import Topics

/// Reads a topic's partitions and hands the selected rows to the printer, until it is told to stop.
///
/// The consumer assigns partitions to itself and never commits, so it takes nothing from other readers. Belongs to the main thread.
final class TailReader {
  /// The first row to read.
  enum Start {
    case beginning
    case end
    case since(Duration)
  }

  private let target: TailTarget
  private let connection: TailConnection
  private let consumer: Consumer
  private let schema: SchemaFilter?
  private let schemaName: String?
  private var node: NodeFilter?
  /// The number of rows that may still be printed.
  private var left: Int
  private let printer: TailPrinter
  private let notes: TailNotes

  private var progress: TailProgress
  /// The schemas of rows that were skipped.
  private var others = OtherSchemas()
  /// The moment at which reading began.
  private let began = MonotonicClock.milliseconds()
  private var isDeleted = false
  private var watch: TopicWatch
  /// The moment of the next check that the topic still exists.
  private var nextCheck = MonotonicClock.milliseconds() + checkMilliseconds
  /// Whether no row is ready to be read.
  private var isIdle = false

  /// How often Ctrl-C and a closed pipe are checked while no row arrives.
  private static let idleMilliseconds: Int32 = 100
  /// How often an idle reader checks that its topic still exists.
  private static let checkMilliseconds: Int64 = 5000
  /// How long the reader waits for a row of the given schema before it names the other schemas.
  private static let othersMilliseconds: Int64 = 3000
  private static let outageNote = "no broker can be reached; waiting for one"

  init(
    _ target: TailTarget, _ connection: TailConnection, start: Start, follows: Bool, schema: String?,
    node: NodeFilter?, limit: Int?, printer: TailPrinter, notes: TailNotes
  ) throws(CommandFailure) {
    self.target = target
    self.connection = connection
    self.schema = schema.map { SchemaFilter($0) }
    schemaName = schema
    self.node = node
    left = limit ?? .max
    self.printer = printer
    self.notes = notes
    var readsAll = false
    if case .beginning = start { readsAll = true }
    watch = TopicWatch(topic: target.topic, partitionCount: target.partitionCount, readsAll: readsAll)
    let numbers = node.map { [$0.partition(of: target.partitionCount)] } ?? Array(0..<target.partitionCount)
    let partitions = numbers.map { TopicPartition(topic: target.topic, partition: $0) }
    progress = TailProgress(partitions, partitionCount: target.partitionCount)
    if !follows { progress.stop(at: try connection.ends(of: partitions)) }
    let positions = try Self.positions(start, partitions, connection)
    let properties = connection.properties.forReader(group: Self.group(of: target.user))
    do {
      consumer = try Consumer(properties: properties, observer: connection.observer)
      try consumer.assign(positions)
    } catch {
      throw connection.failure(error)
    }
  }

  /// The consumer group of the reader: one that the user may use, because it begins with the user's name as in topic names.
  static func group(of user: Name) -> String { "\(TopicNames.groupPrefix(user: user))tail" }

  private static func positions(
    _ start: Start, _ partitions: [TopicPartition], _ connection: TailConnection
  ) throws(CommandFailure) -> [TopicPartitionOffset] {
    switch start {
    case .beginning: return partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.beginning) }
    case .end: return partitions.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.end) }
    case .since(let age):
      return try connection.offsets(of: partitions, since: max(0, WallClock.milliseconds() - age.wholeMilliseconds))
    }
  }

  /// Reads until there is a reason to stop.
  func run() throws(CommandFailure) -> ExitCode {
    defer { close() }
    while left > 0, !progress.isFinished {
      if let code = Interruption.exitCode { return code }
      try step()
    }
    if let schemaName, let failure = others.failure(schemaName) { throw failure }
    return .ok
  }

  private func step() throws(CommandFailure) {
    let item: ConsumedItem
    do {
      item = try consumer.pollItem(timeoutMilliseconds: isIdle ? Self.idleMilliseconds : 0)
    } catch {
      return try handle(error)
    }
    switch consume item {
    case .row(let message):
      isIdle = false
      notes.forget(Self.outageNote)
      try take(message)
    case .end(let partition, let offset):
      progress.reachedEnd(of: partition, next: offset)
    case .failure(_, let error): try handle(error)
    case .nothing: try standBy()
    }
  }

  /// Does what is due while no row arrives.
  private func standBy() throws(CommandFailure) {
    isIdle = true
    try printer.flush()
    // Without this, a closed pipe would be noticed only when the next row arrives, if ever.
    if PipeReader.hasGone(STDOUT_FILENO) { throw .closedPipe }
    if let refusal = connection.observer.refusal { throw failure(refusal) }
    if connection.observer.takeAllBrokersDown() { try notes.tell(Self.outageNote) }
    try tellOfOthers()
    // librdkafka may not report that a topic was deleted.
    let now = MonotonicClock.milliseconds()
    if now >= nextCheck {
      nextCheck = now + Self.checkMilliseconds
      try endIfDeleted()
      if progress.follows { try watchTopic(now) }
    }
  }

  /// Reads partitions that were added, and stops if the topic was created again.
  private func watchTopic(_ now: Int64) throws(CommandFailure) {
    switch watch.check(consumer, now: now) {
    case .none, .absent: return
    case .grown(let added):
      // With --node, only one partition is read.
      guard node == nil else { return }
      progress.grow(by: added.count)
      do {
        try consumer.begin(at: added.map { TopicPartitionOffset($0, offset: TopicPartitionOffset.beginning) })
      } catch {
        throw connection.failure(error)
      }
    case .anew:
      isDeleted = true
      throw CommandFailure(
        .inputMissing, "the topic \(target.topic) was deleted and created again while reading",
        hint: "All earlier rows are printed. Start again to read the new topic.")
    }
  }

  private func handle(_ error: KafkaError) throws(CommandFailure) {
    switch error.code {
    case .unknownTopicOrPartition, .unknownTopic, .unknownPartition:
      try endIfDeleted()
    default:
      // The reader waits for brokers that are down.
      if error.remedy != .retry { throw failure(error) }
    }
  }

  private func endIfDeleted() throws(CommandFailure) {
    guard connection.isMissing(target.topic) else { return }
    isDeleted = true
    throw CommandFailure(
      .inputMissing, "the topic \(target.topic) was deleted while reading",
      hint: "All earlier rows are printed.")
  }

  private func failure(_ error: KafkaError) -> CommandFailure {
    guard error.code == .groupAuthorizationFailed, connection.properties["group.id"] == nil else {
      return connection.failure(error)
    }
    var error = error
    error.reason = "group '\(Self.group(of: target.user))': \(error.reason)"
    return connection.failure(error)
  }

  private func take(_ message: borrowing ConsumedMessage) throws(CommandFailure) {
    watch.note(message)
    let partition = TopicPartition(topic: target.topic, partition: message.partition)
    guard progress.take(partition, offset: message.offset) else { return }
    guard !message.payload.isEmpty else { return try takeEnd(message) }
    let input = SchemaFilter.inputTopic(ofKey: message.key.map { Array($0) } ?? [])
    guard isOfSchema(message.payload, input), try isOfNode(message.payload, input) else { return }
    if try printer.print(message.payload, inputTopic: input) { left -= 1 }
  }

  /// Handles a message without a row: in a job's topic, it says that the job has ended.
  private func takeEnd(_ message: borrowing ConsumedMessage) throws(CommandFailure) {
    let event = message.headers.first { $0.name == "event" }?.value
    guard let job = target.job, event == Array(JobEnd.value.utf8) else { return }
    try notes.tell("job '\(job)' has ended")
    // The rows that the other partitions have by now are still printed.
    guard progress.follows else { return }
    progress.stop(at: try connection.ends(of: progress.partitions), finished: message.partition)
  }

  private func isOfSchema(_ payload: UnsafeRawBufferPointer, _ input: [UInt8]) -> Bool {
    guard let schema else { return true }
    if schema.accepts(inputTopic: input) {
      others.found()
      return true
    }
    let set = SchemaFilter.metricSet(of: RowColumns(payload))
    let isAccepted = schema.accepts(inputTopic: input, set: set)
    if isAccepted { others.found() } else { others.add(input, set: set) }
    return isAccepted
  }

  /// Names the other schemas once: a user who waits for rows of a schema that does not exist would wait forever.
  private func tellOfOthers() throws(CommandFailure) {
    guard let schemaName, MonotonicClock.milliseconds() - began >= Self.othersMilliseconds,
      let failure = others.failure(schemaName)
    else { return }
    try notes.tell("\(failure.message) so far. \(failure.hint)", once: "other schemas")
  }

  private func isOfNode(_ payload: UnsafeRawBufferPointer, _ input: [UInt8]) throws(CommandFailure) -> Bool {
    guard node != nil else { return true }
    switch node?.check(RowColumns(payload)) {
    case .accepted, nil: return true
    case .refused: return false
    case .unknown:
      let name = PrintableText.quoted(String(decoding: input, as: UTF8.self))
      try notes.tell("rows of \(name) do not name their node; some may be from another node than --node")
      return true
    }
  }

  /// Closes without waiting long: nothing is committed, and no group has to be left.
  private func close() {
    try? consumer.assign([])
    _ = consumer.leave(timeoutMilliseconds: 1000)
    if isDeleted { consumer.abandon() }
  }
}
