import Foundation
import Kafka
import MetricRouter
import Naming
import Synchronization
import TestSupport
import Testing

/// `router export` on Apache Kafka: killed again and again while rows flow, and topics that are deleted and made again.
/// `make soak` does it for long.
@Suite(.requiresKafka, .timeLimit(.minutes(15))) struct ExportKillSoakTests {
  private static let users = ["ann", "bob", "../../etc"]

  private let directory: TemporaryDirectory
  private var files: ExportedFiles { ExportedFiles(directory: directory.path) }

  init() throws { directory = try TemporaryDirectory() }

  private func start(_ stage: Stage, _ more: [String] = []) throws -> RunningProcess {
    try RouterProgram.start(
      ["export", "--bootstrap", stage.properties["bootstrap.servers"] ?? "", "--prefix", stage.prefix] + more
        + [directory.path],
      environment: ["ROUTER_CONFIG": ""])
  }

  private func topic(_ stage: Stage, _ user: String) throws -> String {
    try #require(try TopicNames(prefix: stage.prefix).user(Name(user)))
  }

  /// A stream of rows in users' topics, some of them twice, as after a crash of the router.
  private final class Feeder: Sendable {
    struct State {
      var isStopping = false
      var rows: [Int: Int] = [:]
      var copies = 0
      var failure: (any Error)?
      var isDone = false
    }
    let state = Mutex(State())

    init(_ stage: Stage, topics: [String], rate: Int) {
      Foundation.Thread.detachNewThread { [self] in
        do {
          try feed(stage, topics, rate)
        } catch {
          state.withLock { $0.failure = error }
        }
        state.withLock { $0.isDone = true }
      }
    }

    deinit { state.withLock { $0.isStopping = true } }

    func stop() async throws -> (rows: [Int: Int], copies: Int) {
      state.withLock { $0.isStopping = true }
      try await eventually("the end of the stream", within: .seconds(60)) { state.withLock { $0.isDone } }
      return try state.withLock { state in
        if let failure = state.failure { throw failure }
        return (state.rows, state.copies)
      }
    }

    private func feed(_ stage: Stage, _ topics: [String], _ rate: Int) throws {
      let producer = try Producer(properties: stage.feederProperties, observer: SilentObserver())
      let handles = try topics.map { try producer.topic(named: $0) }
      var random = SeededGenerator(seed: Soak.seed)
      var failure: KafkaErrorCode?
      func send(_ user: Int, _ number: Int) throws {
        let node = number % 3
        let row = Array(
          "{\"timestamp\":\(number).000001,\"job_id\":\(1 + number / 5000),\"node\":\(node),\"n\":\(number)}".utf8)
        let key = Array("m/0@life/\(number * topics.count + user)".utf8)
        let code = row.withUnsafeBytes { row in
          key.withUnsafeBytes {
            producer.produce(to: handles[user], partition: Int32(node), value: row, key: $0, timestamp: 0, tag: 0)
          }
        }
        if let code { throw KafkaError(code, operation: "feed") }
      }
      var next = Array(repeating: 0, count: topics.count)
      var copies = 0
      let began = ContinuousClock.now
      var count = 0
      while count < 2_000_000, !state.withLock({ $0.isStopping }), failure == nil {
        guard Double(count) < (ContinuousClock.now - began) / .seconds(1) * Double(rate) else {
          producer.poll(timeoutMilliseconds: 2) { failure = failure ?? $0.error }
          continue
        }
        let user = count % topics.count
        count += 1
        if random.chance(oneIn: 2000) {
          for number in max(0, next[user] - Int.random(in: 1...200, using: &random))..<next[user] {
            try send(user, number)
            copies += 1
          }
        }
        try send(user, next[user])
        next[user] += 1
      }
      guard producer.flush(timeoutMilliseconds: 30_000, { failure = failure ?? $0.error }), failure == nil else {
        throw KafkaError(failure ?? .timedOut, operation: "feed")
      }
      let rows = Dictionary(uniqueKeysWithValues: next.enumerated().map { ($0, $1) })
      state.withLock { ($0.rows, $0.copies) = (rows, copies) }
    }
  }

  /// Every row is in the file of its user and job once, those of a node in order.
  private func check(_ user: String, _ count: Int) {
    let folder = user == "../../etc" ? "-2e-2e-2f-2e-2e-2fetc" : user
    var found: [Int] = []
    for path in files.paths() where path.hasPrefix("\(folder)/") {
      let lines = files.lines(path) ?? []
      #expect(lines.first == "#Time,Time_usec,job_id,node,n")
      var last: [Substring: Int] = [:]
      for line in lines.dropFirst() {
        let cells = line.split(separator: ",")
        guard cells.count == 5, let number = Int(cells[4]) else {
          Issue.record("\(path): \(line)")
          continue
        }
        #expect(path == "\(folder)/\(1 + number / 5000)/m.csv" && cells[0] == "\(number).000001")
        #expect(last.updateValue(number, forKey: cells[3]) ?? -1 < number, "\(path): \(line)")
        found.append(number)
      }
    }
    #expect(found.count == count && Set(found) == Set(0..<count), "\(user): \(found.count) of \(count) rows")
  }

  @Test func killedAtRandomMomentsItHoldsEachRowOnce() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let topics = try Self.users.map { try topic(stage, $0) }
    for topic in topics { try stage.makeTopics([topic: 3], settings: ["message.timestamp.type": "LogAppendTime"]) }
    let feeder = Feeder(stage, topics: topics, rate: 6000)
    var random = SeededGenerator(seed: Soak.seed)
    let rounds = Soak.rounds(short: 5)
    for _ in 0..<rounds {
      let process = try start(stage)
      try await Task.sleep(for: .milliseconds(Int.random(in: 300...2500, using: &random)))
      #expect(process.status == nil, "\(process.errorText)")
      process.kill()
      try await process.wait()
    }
    let (rows, copies) = try await feeder.stop()
    let last = try start(stage, ["--no-follow"])
    #expect(try await last.wait(within: .seconds(60)) == .exited(0), "\(last.errorText)")
    for (index, user) in Self.users.enumerated() { check(user, rows[index] ?? 0) }
    #expect(copies > 0)
    print("killed \(rounds) times: \(rows.values.reduce(0, +)) rows, \(copies) copies")
  }

  @Test func aTopicThatIsDeletedAndMadeAgainLosesNoRow() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let topic = try topic(stage, "ann")
    let settings = ["message.timestamp.type": "LogAppendTime"]
    func feed(_ numbers: Range<Int>) throws {
      try stage.send(numbers.map { ("m/0@a/\($0)", "{\"job_id\":1,\"n\":\($0)}") }, to: topic)
    }
    func makeAgain() async throws {
      _ = try stage.admin.deleteTopics([topic], timeoutMilliseconds: 30000)
      try await eventually("the next topic", within: .seconds(30)) {
        (try? stage.makeTopics([topic: 1], settings: settings)) != nil
      }
    }
    func lines() -> [String] { files.lines("ann/1/m.csv") ?? [] }
    func expected(_ count: Int) -> [String] { (0..<count).map { "1,\($0)" } }
    try stage.makeTopics([topic: 1], settings: settings)
    try feed(0..<10)
    // While it runs, with more rows than the first had: reading might continue among them.
    let process = try start(stage)
    try await eventually("the first rows", within: .seconds(30)) { lines().count == 11 }
    try await makeAgain()
    try feed(10..<40)
    try await eventually("the rows of the second topic", within: .seconds(60)) {
      Set(lines()).isSuperset(of: expected(40))
    }
    try await process.terminate()
    #expect(lines().dropFirst().sorted() == expected(40).sorted())
    // While it does not run.
    try await makeAgain()
    try feed(40..<120)
    let last = try start(stage, ["--no-follow"])
    #expect(try await last.wait(within: .seconds(60)) == .exited(0), "\(last.errorText)")
    #expect(lines().dropFirst().sorted() == expected(120).sorted())
  }
}
