import Kafka
import TestSupport
import Testing

@testable import MetricRouter
@testable import RouterConfiguration

/// A consumer, a transaction and a coordinator, by chance: rows that arrive, commits that fail in each way, replays.
///
/// The model knows of each row how often it counts; `Delivery` knows numbers only.
struct RoutingTransactionModel {
  var random: SeededGenerator
  let mode: Configuration.Delivery
  var delivery: Delivery
  var now: Int64 = 10_000
  static let ageLimit: Int64 = 4000

  /// Rows of the input, by number; what has arrived of them, in the open transaction and for good.
  var next = 0
  var inTransaction: [Int] = []
  var arrived: [Int] = []
  var counts: [Int: Int] = [:]
  /// The first row that is not committed: where a replay goes back to.
  var committed = 0
  var opened: Int64?
  var lastCommit: Int64 = 10_000
  /// What the dead-letter topic has been told in the open transaction, and what it has yet to be told.
  var told: [InputGap] = []
  var untold: [InputGap] = []
  var isOutOfOrder = false
  var toTell = 0
  var hasEndedLife = false
  var sent: [Int64] = []
  var replays: [Int64] = []
  var isRebuilt = false
  var seen: Set<String> = []

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    mode = seed % 2 == 0 ? .exactlyOnce : .atLeastOnce
    delivery = Delivery(mode, ageLimit: Self.ageLimit, now: 10_000)
  }

  private var isTransactional: Bool { mode == .exactlyOnce }

  /// - Returns: what is wrong, if anything.
  mutating func step() -> String? {
    now += Int64.random(in: 0...150, using: &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0..<4: consume()
    case 4..<7: if let fault = arrive() { return fault }
    case 7: tell()
    case 8: if isTransactional, opened != nil { endLife() }
    case 9: if let fault = failCopy() { return fault }
    default: if let fault = commit() { return fault }
    }
    return fault()
  }

  private mutating func consume() {
    if isTransactional {
      if opened == nil {
        delivery.begin(now: now)
        opened = now
      }
      inTransaction.append(next)
    }
    next += 1
  }

  private mutating func arrive() -> String? {
    let first = arrived.last.map { $0 + 1 } ?? committed
    guard first < next else { return nil }
    let rows = Array(first...Int.random(in: first..<next, using: &random))
    let counted = delivery.finished(DeliveryTracker.Finished(rows: rows.count))
    guard counted?.rows == (isTransactional ? nil : rows.count) else { return "what counts when it arrives" }
    if isTransactional {
      arrived += rows
    } else {
      for row in rows { counts[row, default: 0] += 1 }
      committed = rows.last.map { $0 + 1 } ?? committed
    }
    return nil
  }

  private mutating func tell() {
    guard delivery.maySendBesideRows else { return }
    toTell += 1
    let gap = InputGap(TopicPartition(topic: "meminfo", partition: 0), from: Int64(toTell), to: Int64(toTell) + 1)
    delivery.note(gap)
    untold.append(gap)
    // Not always at once: there may be no room.
    guard random.chance(oneIn: 2), let next = delivery.gapToTell else { return }
    delivery.noteTold()
    if next == untold.first { untold.removeFirst() } else { isOutOfOrder = true }
    if isTransactional { told.append(next) }
  }

  private mutating func endLife() {
    delivery.noteEndedLife()
    hasEndedLife = true
  }

  private mutating func failCopy() -> String? {
    let error =
      [
        KafkaError(.erroneousState, operation: "send"), KafkaError(.timedOut, operation: "send", remedy: .abort),
        KafkaError(.messageTooLarge, operation: "send", remedy: .giveUp),
      ].randomElement(using: &random) ?? KafkaError(.timedOut, operation: "send")
    let wasSent = random.chance(oneIn: 2)
    let expected: Delivery.Failure =
      !isTransactional ? .copy : error.code != .messageTooLarge ? .transaction : wasSent ? .lesson : .copy
    guard delivery.meaning(of: error, wasSent: wasSent) == expected else { return "what a lost copy means" }
    return expected == .copy ? nil : replay()
  }

  private mutating func commit() -> String? {
    switch delivery.due(now: now) {
    case .nothing:
      if let opened { return now - opened < Self.ageLimit ? nil : "a transaction grows older than it may" }
      return now - lastCommit < Delivery.commitIntervalMilliseconds ? nil : "offsets are not committed"
    case .offsets:
      guard opened == nil, now - lastCommit >= Delivery.commitIntervalMilliseconds else { return "offsets, too early" }
      return commitOffsets()
    case .transaction(let deadline):
      guard let opened, now - opened >= CommitPace.shortestMilliseconds else { return "a transaction, too early" }
      guard deadline == opened + Self.ageLimit else { return "until when its rows are waited for" }
      return settle()
    }
  }

  private mutating func commitOffsets() -> String? {
    delivery.willCommit(now: now)
    lastCommit = now
    if random.chance(oneIn: 2) {
      delivery.sentCommit(now: now)
      sent.append(now)
    }
    guard random.chance(oneIn: 2) else { return nil }
    let first = sent.first
    if !sent.isEmpty { sent.removeFirst() }
    return delivery.answeredCommit() == first ? nil : "which commit was answered"
  }

  /// The rows of the transaction are waited for, and the coordinator decides.
  private mutating func settle() -> String? {
    let isAll = arrived.count == inTransaction.count
    let began = now
    now += Int64.random(in: 0...300, using: &random)
    guard isAll, delivery.mayCommit(offsetCount: arrived.isEmpty ? 0 : 1) else { return replay() }
    if random.chance(oneIn: 3) { return failCommit() }
    let rows = delivery.committed().rows
    guard rows == arrived.count else { return "\(rows) rows count, and \(arrived.count) were committed" }
    for row in arrived { counts[row, default: 0] += 1 }
    committed = next
    (arrived, inTransaction, told, opened, hasEndedLife) = ([], [], [], nil, false)
    delivery.settled(within: now - began)
    seen.insert("committed")
    return nil
  }

  private mutating func failCommit() -> String? {
    let remedy = ([.abort, .fatal, .giveUp] as [KafkaError.Remedy]).randomElement(using: &random) ?? .fatal
    let saysTopic = random.chance(oneIn: 2)
    let error = KafkaError(
      saysTopic ? .topicAuthorizationFailed : .timedOut, operation: "commit", reason: "", remedy: remedy)
    let isSending = random.chance(oneIn: 2)
    let replays: Delivery.CommitFailure = .replay(asksForTopics: saysTopic)
    let expected: Delivery.CommitFailure =
      isSending ? (remedy == .fatal ? .rebuild : replays) : (remedy == .abort ? replays : .rebuild)
    let found = isSending ? Delivery.failure(sendingOffsets: error) : Delivery.failure(committing: error)
    guard found == expected else { return "\(found), not \(expected)" }
    seen.insert("\(isSending) \(remedy)")
    return expected == .rebuild ? rebuild() : replay()
  }

  /// Whether an abort is given up in time, and what is consumed again.
  private mutating func replay() -> String? {
    if delivery.isOpen {
      let isWaitedFor = random.chance(oneIn: 2)
      let limit = delivery.abort(now: now, isWaitedFor: isWaitedFor, limit: now + 100)
      guard limit == now + (isWaitedFor ? 1000 : Self.ageLimit) else { return "when an abort is given up" }
      guard !delivery.isOpen else { return "an aborted transaction is open" }
    }
    opened = nil
    let isSoon = replays.last.map { now - $0 < 5000 } ?? false
    replays = isSoon ? replays + [now] : [now]
    let expected: Delivery.Retry = replays.count <= 5 ? .goBack : .rebuild
    guard delivery.retry(now: now) == expected else { return "whether it is worth while to go back" }
    if expected == .rebuild {
      seen.insert("given up")
      return rebuild()
    }
    delivery.forgetUncommitted()
    untold = told + untold
    (next, arrived, inTransaction, told, hasEndedLife) = (committed, [], [], [], false)
    return nil
  }

  /// A new session begins at the committed offsets; where the coordinator has committed all the same, behind the rows.
  private mutating func rebuild() -> String? {
    isRebuilt = true
    return nil
  }

  private func fault() -> String? {
    guard !isRebuilt else { return nil }
    guard delivery.isOpen == (opened != nil), delivery.began == opened else { return "whether a transaction is open" }
    guard !isOutOfOrder, delivery.gapToTell == untold.first else { return "what the dead-letter topic is told" }
    guard delivery.uncommittedRows == arrived.count else { return "rows that do not count yet" }
    guard delivery.maySendBesideRows == (!isTransactional || opened != nil) else { return "what may be sent" }
    return delivery.mayCommit(offsetCount: 0) == hasEndedLife ? nil : "what a transaction without offsets is"
  }
}
