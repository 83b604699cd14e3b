internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Naming
internal import Runtime
internal import Tailing
internal import Topics

/// Reads a topic's partitions and hands the rows that are meant to the printer, until it is told to end.
///
/// By `assign`, never committing: it takes nothing from anybody. Belongs to the main thread.
final class TailReader {
  /// Where to begin.
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
  /// Rows that may still be printed.
  private var left: Int
  private let printer: TailPrinter
  private let notes: TailNotes

  /// Without following: where each partition ends, and the partitions that have not been read up to there.
  private var ends: [TopicPartition: Int64] = [:]
  private var unfinished: Set<TopicPartition>?
  private let partitions: [TopicPartition]
  /// By partition: how far it has been read.
  private var reached: [Int64]
  /// Which schemas other than the one that is asked for there are rows of.
  private var others = OtherSchemas()
  /// When it was begun.
  private let began = MonotonicClock.milliseconds()
  private var isDeleted = false
  private var watch: TopicWatch
  /// When to ask next whether the topic is still there.
  private var nextCheck = MonotonicClock.milliseconds() + checkMilliseconds
  /// Whether nothing is waiting to be read.
  private var isIdle = false

  /// How often Ctrl-C and a closed pipe are looked for while no row comes.
  private static let idleMilliseconds: Int32 = 100
  /// How often an idle reader asks whether its topic is still there.
  private static let checkMilliseconds: Int64 = 5000
  /// After so long without a row of the schema that is asked for, the others are named.
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
    reached = Array(repeating: 0, count: Int(target.partitionCount))
    self.printer = printer
    self.notes = notes
    var readsAll = false
    if case .beginning = start { readsAll = true }
    watch = TopicWatch(topic: target.topic, partitionCount: target.partitionCount, readsAll: readsAll)
    let numbers = node.map { [$0.partition(of: target.partitionCount)] } ?? Array(0..<target.partitionCount)
    partitions = numbers.map { TopicPartition(topic: target.topic, partition: $0) }
    if !follows {
      ends = try connection.ends(of: partitions)
      unfinished = Set(partitions)
    }
    let positions = try Self.positions(start, partitions, connection)
    let properties = connection.properties.forReader(group: Self.group(of: target.user))
    do {
      consumer = try Consumer(properties: properties, observer: connection.observer)
      try consumer.assign(positions)
    } catch {
      throw connection.failure(error)
    }
  }

  /// The group that it reads under: a user of the cluster may use those that begin with their name, as topics have it.
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

  /// Reads until there is a reason to end.
  func run() throws(CommandFailure) -> ExitCode {
    defer { close() }
    while left > 0, unfinished?.isEmpty != true {
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
      return try meet(error)
    }
    switch consume item {
    case .row(let message):
      isIdle = false
      notes.forget(Self.outageNote)
      try take(message)
    case .end(let partition, let offset):
      reached[Int(partition.partition)] = offset
      unfinished?.remove(partition)
    case .failure(_, let error): try meet(error)
    case .nothing: try rest()
    }
  }

  /// When no row is waiting.
  private func rest() throws(CommandFailure) {
    isIdle = true
    try printer.flush()
    // Else a reader that has gone is noticed only when the next row comes, if ever.
    if PipeReader.hasGone(STDOUT_FILENO) { throw .closedPipe }
    if let refusal = connection.observer.refusal { throw failure(refusal) }
    if connection.observer.takeAllBrokersDown() { try notes.tell(Self.outageNote) }
    try tellOfOthers()
    // librdkafka may keep silent about a topic that was deleted.
    let now = MonotonicClock.milliseconds()
    if now >= nextCheck {
      nextCheck = now + Self.checkMilliseconds
      try endIfDeleted()
      if unfinished == nil { try watchTopic(now) }
    }
  }

  /// Reads partitions that were added, and ends where the topic is another one than before.
  private func watchTopic(_ now: Int64) throws(CommandFailure) {
    switch watch.check(consumer, now: now) {
    case .none, .absent: return
    case .grown(let added):
      // With --node it is one partition that is read.
      guard node == nil else { return }
      reached += added.map { _ in 0 }
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

  private func meet(_ error: KafkaError) throws(CommandFailure) {
    switch error.code {
    case .unknownTopicOrPartition, .unknownTopic, .unknownPartition:
      try endIfDeleted()
    default:
      // Brokers that are away are waited for.
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
    reached[Int(message.partition)] = message.offset + 1
    watch.note(message)
    if unfinished != nil {
      let partition = TopicPartition(topic: target.topic, partition: message.partition)
      let end = ends[partition] ?? .max
      if message.offset + 1 >= end { unfinished?.remove(partition) }
      if message.offset >= end { return }
    }
    guard !message.payload.isEmpty else { return try takeEnd(message) }
    let input = SchemaFilter.inputTopic(ofKey: message.key.map { Array($0) } ?? [])
    guard isOfSchema(message.payload, input), try isOfNode(message.payload, input) else { return }
    if try printer.print(message.payload, inputTopic: input) { left -= 1 }
  }

  /// A message without a row: the router says in a job's topic that the job has ended.
  private func takeEnd(_ message: borrowing ConsumedMessage) throws(CommandFailure) {
    let event = message.headers.first { $0.name == "event" }?.value
    guard let job = target.job, event == Array(JobEnd.value.utf8) else { return }
    try notes.tell("job '\(job)' has ended")
    // What the other partitions hold by now is still printed.
    guard unfinished == nil else { return }
    ends = try connection.ends(of: partitions)
    // The end of those that have been read so far already is not told again.
    unfinished = Set(
      partitions.filter {
        $0.partition != message.partition && reached[Int($0.partition)] < ends[$0, default: .max]
      })
  }

  private func isOfSchema(_ payload: UnsafeRawBufferPointer, _ input: [UInt8]) -> Bool {
    guard let schema else { return true }
    if schema.accepts(inputTopic: input) {
      others.found()
      return true
    }
    let set = SchemaFilter.metricSet(of: RowColumns(payload))
    let isMeant = schema.accepts(inputTopic: input, set: set)
    if isMeant { others.found() } else { others.add(input, set: set) }
    return isMeant
  }

  /// Who waits for rows of a schema that does not exist would wait for ever.
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
