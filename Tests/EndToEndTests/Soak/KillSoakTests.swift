import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Routers that are killed, halted and replaced at random moments while rows flow. `make soak` does it for long.
@Suite(.requiresKafka, .serialized) struct KillSoakTests {
  private static func owner(_ row: InputRow) -> ExpectedOwner? { ExpectedOwner(row: row.payload) }

  /// Every row is where it belongs: once, or in at-least-once perhaps more often.
  private static func check(_ file: RouterFile, _ rows: [InputRow], _ what: String) async throws {
    let stage = file.stage
    var delivered = try Delivered(stage)
    delivered.check(rows, duplicates: stage.delivery == .atLeastOnce) { owner($0) }
    // The operator's own proof has to say the same.
    try await file.audit()
    print("\(stage.delivery.rawValue), \(what): \(rows.count) rows, \(delivered.duplicates) copies twice")
  }

  @Test(.timeLimit(.minutes(20)), arguments: Configuration.Delivery.allCases)
  func killedAtRandomMoments(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    try stage.makeInputs(try stage.rows(of: .recording))
    let file = try RouterFile(stage)
    let feeder = try RowFeeder(stage, rate: 400)
    var random = SeededGenerator(seed: Soak.seed)
    let rounds = Soak.rounds(short: 5)
    for _ in 0..<rounds {
      let router = try file.start()
      // From before it has its partitions to well after the first commits.
      try await Task.sleep(for: .milliseconds(Int.random(in: 100...2500, using: &random)))
      #expect(router.status == nil, "\(router.errorText)")
      router.kill()
      try await router.wait()
    }
    let last = try file.start()
    let rows = try await feeder.stop()
    try await file.waitForCommit(rows, by: [last])
    try await file.stop([last])
    try await Self.check(file, rows, "killed \(rounds) times")
  }

  @Test(.timeLimit(.minutes(20)), arguments: Soak.deliveries)
  func instancesComeAndGo(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    try stage.makeInputs(try stage.rows(of: .recording))
    let file = try RouterFile(stage)
    let feeder = try RowFeeder(stage, rate: 300)
    var random = SeededGenerator(seed: Soak.seed &+ 1)
    var running: [(name: String, process: RunningProcess)] = []
    var next = 1
    func launch() throws {
      running.append(("router-\(next)", try file.start(instance: "router-\(next)")))
      next += 1
    }
    try launch()
    try launch()
    let rounds = Soak.rounds(short: 5)
    for _ in 0..<rounds {
      try await Task.sleep(for: .milliseconds(Int.random(in: 800...3000, using: &random)))
      if running.count == 2 || (running.count < 4 && random.chance(oneIn: 2)) {
        try launch()
        continue
      }
      let (name, process) = running.remove(at: Int.random(in: running.indices, using: &random))
      if random.chance(oneIn: 2) {
        process.kill()
        try await process.wait()
        // As a service manager does: the same instance again.
        if random.chance(oneIn: 2) { running.append((name, try file.start(instance: name))) }
      } else {
        try await file.stop([process])
      }
    }
    let rows = try await feeder.stop()
    try await file.waitForCommit(rows, by: running.map(\.process))
    try await file.stop(running.map(\.process))
    try await Self.check(file, rows, "\(rounds) comings and goings")
  }

  /// Halted for longer than its session and its transaction may last, as a machine that hangs: somebody else takes the
  /// partitions over. When it goes on it must not add what it had in hand.
  @Test(.timeLimit(.minutes(10)), arguments: Soak.deliveries, [true, false])
  func aZombieAddsNothing(_ delivery: Configuration.Delivery, isReplaced: Bool) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    try stage.makeInputs(try stage.rows(of: .recording))
    let file = try RouterFile(
      stage, producer: delivery == .exactlyOnce ? ["transaction.timeout.ms: 4000"] : ["linger.ms: 500"])
    let feeder = try RowFeeder(stage, rate: 400)
    let zombie = try file.start(instance: "one")
    let reader = try stage.groupReader
    let recorded = try stage.rows(of: .recording)
    func reached() throws -> Int64 { try stage.committed(recorded, reader).values.reduce(0, +) }
    try await eventually("rows", within: .seconds(60)) { try reached() > 400 }
    zombie.signal(SIGSTOP)
    // Another machine with the same name, or another member of the group.
    let other = try file.start(instance: isReplaced ? "one" : "two")
    let before = try reached()
    try await eventually("the other router's rows", within: .seconds(60)) { try reached() > before + 2000 }
    zombie.signal(SIGCONT)
    let then = feeder.count
    try await eventually("more rows", within: .seconds(30)) { feeder.count > then + 1500 }
    if isReplaced {
      // Two routers of one name take it from each other; whoever is left goes on.
      zombie.signal(SIGTERM)
      try await zombie.wait(within: .seconds(30))
    }
    let rows = try await feeder.stop()
    let rest = isReplaced ? [other] : [zombie, other]
    try await file.waitForCommit(rows, by: rest)
    try await file.stop(rest)
    try await Self.check(file, rows, isReplaced ? "a zombie that was replaced" : "a zombie")
  }
}
