import Kafka
import Naming
import PlanSupport
import Replay
import TestSupport

@testable import Auditing
@testable import MetricRouter

/// A ledger with recorded rows of two users and a bad one, and the topics that their copies belong to.
struct AuditLedgerFixture {
  var ledger: AuditLedger
  /// Rows of `meminfo/0`, by offset from 10 on: of userA, of userB, and one that is none.
  let rows: [[UInt8]]
  private(set) var next: [String: Int64] = [:]
  private let life: PartitionLife

  static let time: Int64 = 1_800_000_000_000
  static let input = TopicPartition(topic: "meminfo", partition: 0)
  static let userA = "ldms.user.userA.rows"
  static let userB = "ldms.user.userB.rows"
  static let deadLetters = "ldms.router.dead-letter"

  /// - Parameters:
  ///   - absent: topics that do not exist.
  ///   - low: the first offset that the output partitions keep.
  ///   - jobTopicLimit: how many jobs may have a topic at a time.
  ///   - life: of the input partition.
  init(
    absent: Set<String> = [], low: Int64 = 0, jobTopicLimit: Int = 10000, findingLimit: Int = 20,
    life: PartitionLife = .unnamed
  ) throws {
    self.life = life
    let plan = try TestPlan.of(.recording)
    let recorded = try Capture.recording.read().rows.filter { $0.topic == "meminfo" }.map(\.payload)
    func first(_ user: String) -> [UInt8] {
      recorded.first { String(decoding: $0, as: UTF8.self).contains("\"\(user)") } ?? []
    }
    rows = [first("userA"), first("userB"), Array("{}".utf8)]
    let offsetRange = AuditOffsetRange(Watermarks(low: 10, high: 20), committed: 13)
    ledger = AuditLedger(
      [(Self.input, offsetRange)], lives: [Self.input: life], plan: plan, jobTopicLimit: jobTopicLimit,
      findingLimit: findingLimit)
    for (index, row) in rows.enumerated() {
      row.withUnsafeBytes { ledger.take(row: $0, slot: 0, offset: Int64(10 + index), timestamp: Self.time) }
    }
    let topics = Set(ledger.expectedTopics).union([Self.userA, Self.userB, Self.deadLetters]).subtracting(absent)
    ledger.open(topics.sorted().map { (name: $0, partitionCount: $0.hasSuffix(".rows") ? 3 : 1) })
    for output in ledger.outputs.indices {
      ledger.outputs[output].evidence.low = low
      ledger.outputs[output].evidence.lowAfter = low
      ledger.outputs[output].evidence.start = low
    }
  }

  /// The topics and partitions of a row's copies.
  func homes(_ row: Int) -> [(topic: String, partition: Int32)] {
    let fate = ledger.fates.fates[Int(ledger.inputs[0].rows[row].fate)]
    guard fate.reason == nil else { return [(Self.deadLetters, 0)] }
    return [
      (ledger.topics[fate.userTopic].name, fate.userPartition), (ledger.topics[fate.jobTopic].name, fate.jobPartition),
    ]
  }

  /// Takes a copy in a topic.
  mutating func copy(
    _ payload: [UInt8], key: String?, in topic: String, partition: Int32 = 0, reason: DeadLetterReason? = nil,
    timestamp: Int64 = time, isReturned: Bool = false
  ) {
    let output = ledger.outputs.indices.first { output in
      ledger.partition(of: output) == TopicPartition(topic: topic, partition: partition)
    }
    guard let output else { preconditionFailure("there is no \(topic)/\(partition)") }
    let offset = next["\(topic)/\(partition)", default: ledger.outputs[output].evidence.low]
    next["\(topic)/\(partition)"] = offset + 1
    let key = key.map { Array($0.utf8) }
    payload.withUnsafeBytes { payload in
      if let key {
        key.withUnsafeBytes { key in
          ledger.take(
            AuditLedger.Copy(
              offset: offset, timestamp: timestamp, key: key, payload: payload, reason: reason, isReturned: isReturned),
            in: output
          )
        }
      } else {
        ledger.take(
          AuditLedger.Copy(offset: offset, timestamp: timestamp, key: nil, payload: payload, reason: reason), in: output
        )
      }
    }
  }

  /// Takes a row's copies where they belong.
  mutating func copies(of row: Int, but left: String? = nil) {
    for home in homes(row) where home.topic != left {
      copy(
        rows[row], key: key(row), in: home.topic, partition: home.partition,
        reason: home.topic == Self.deadLetters ? .malformedRow : nil)
    }
  }

  func key(_ row: Int) -> String {
    life.isNamed ? "meminfo/0@\(life)/\(10 + row)" : "meminfo/0/\(10 + row)"
  }

  /// What comes of it.
  mutating func report() -> AuditReport {
    ledger.judge()
    return AuditReport(ledger, group: "router", absentInputs: [])
  }
}

extension AuditFinding {
  /// Kind, row and place in a line.
  var line: String {
    let place = topic + (partition.map { "/\($0)" } ?? "") + (offset.map { "/\($0)" } ?? "")
    return "\(kind.rawValue) \(row.map { "\($0)" } ?? "-") \(place)"
  }
}
