import Foundation
import Kafka
import Runtime
import TestSupport

/// Jobs of hosts whose owners become known late: each second some begin, their rows come at once, and Slurm's message about
/// each comes two seconds after its first row. Rows of jobs that are known, and rows that name their user, come all the time.
struct LateOwners: Sendable {
  /// A row as it was stored, and whose it is.
  struct Sent: Sendable {
    var row: InputRow
    /// In milliseconds since 1970.
    var time: Int64
    var user: String
    var job: String
    /// Whether it is of a job that began meanwhile, so that its owner was not known from the beginning.
    var isEarly: Bool
  }

  var stage: Stage
  /// The number of jobs that Slurm has told of before, and of those that have rows.
  var known: Int
  var active: Int
  /// New jobs a second, and how many seconds.
  var rate: Int
  var seconds: Int

  static let lateness: Int64 = 2000
  private static let users = 10

  var slurm: String { "slurm\(stage.tag)" }
  var nodes: String { "c[1-\(known + rate * seconds)]" }

  private func user(of job: Int) -> String { "user\(job % Self.users)" }

  /// Slurm's message about the start of a job, which has the node of its own number.
  private func start(of job: Int) -> String {
    "{\"jobid\":\(10_000 + job),\"username\":\"\(user(of: job))\",\"@start\":\"\(Date.now.ISO8601Format().dropLast())\","
      + "\"nodes\":\"c\(job)\",\"state\":null}"
  }

  /// Makes the topics, and tells of the jobs that are known.
  func prepare() throws {
    try stage.makeTopics(["loadavg" + stage.tag: 2, slurm: 1])
    try stage.send((1...known).map { (nil, start(of: $0)) }, to: slurm)
  }

  /// Stores everything at its time, on a thread that it has to itself.
  func feed() throws -> [Sent] {
    var properties = stage.feederProperties
    properties["linger.ms"] = "5"
    let producer = try Producer(properties: properties, observer: SilentObserver())
    let maker = try RowMaker(stage)
    var failure: KafkaErrorCode?
    var sent: [Sent] = []
    var told = known
    var next: [Int32: Int64] = [:]
    func store(_ payload: [UInt8], in topic: String, partition: Int32) throws {
      let handle = try producer.topic(named: topic)
      let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
      let code = payload.withUnsafeBytes {
        producer.produce(to: handle, partition: partition, value: $0, key: nothing, timestamp: 0, tag: 0)
      }
      if let code { throw KafkaError(code, operation: "feed \(topic)") }
    }
    func store(_ producer: String, user: String, job: String, isEarly: Bool) throws {
      let now = WallClock.milliseconds()
      var row = try maker.row("loadavg", producer, at: now, partition: Int32(sent.count % 2))
      row.payload = Array(
        String(decoding: row.payload, as: UTF8.self).replacing("\"job_id\":0", with: "\"job_id\":\(job)").utf8)
      row.offset = next[row.partition, default: 0]
      next[row.partition] = row.offset + 1
      try store(row.payload, in: row.topic, partition: row.partition)
      sent.append(Sent(row: row, time: now, user: user, job: job, isEarly: isEarly))
    }

    let began = MonotonicClock.milliseconds()
    let ticks = seconds * 10
    // After the last job has begun, its message is still to come.
    for tick in 0..<(ticks + Int(Self.lateness) / 100 + 1) {
      while MonotonicClock.milliseconds() < began + Int64(tick) * 100, failure == nil {
        producer.poll(timeoutMilliseconds: 5) { failure = failure ?? $0.error }
      }
      let due = known + rate * max(0, tick * 100 - Int(Self.lateness)) / 1000
      while told < min(due, known + rate * seconds) {
        told += 1
        try store(Array(start(of: told).utf8), in: slurm, partition: 0)
      }
      let begun = min(known + rate * tick / 10, known + rate * seconds)
      for job in Set((1...active).shuffled().prefix(20)) {
        try store("c\(job)", user: user(of: job), job: "\(10_000 + job)", isEarly: false)
      }
      try store("user0:7:x1", user: "user0", job: "7", isEarly: false)
      for job in (known + 1)..<max(begun + 1, known + 1) where job > told || tick % 10 == 0 {
        try store("c\(job)", user: user(of: job), job: "\(10_000 + job)", isEarly: true)
      }
    }
    let isDone = producer.flush(timeoutMilliseconds: 20_000) { failure = failure ?? $0.error }
    if let failure { throw KafkaError(failure, operation: "feed rows") }
    if !isDone { throw KafkaError(.timedOut, operation: "feed rows") }
    return sent
  }
}
