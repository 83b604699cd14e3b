import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// The index after a router was killed, and of several routers.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct JobIndexRestartTests {
  private static let producers = ["userA:401:c1", "userA:401:c2", "userB:402:c2", "userC:403:c3"]
  private static let partitions: Int32 = 3
  private static let rules = ["silent-after": "3s", "ended-after": "6s"]

  private static func makeInputs(_ stage: Stage) throws {
    try stage.makeTopics(
      Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, partitions) }))
  }

  private static func lasting(_ router: IndexedRouter) async throws -> [[String]] {
    try await router.details().map(\.lasting)
  }

  /// Rows by job.
  private static func rows(_ router: IndexedRouter) async throws -> [String: Int] {
    Dictionary(uniqueKeysWithValues: try await router.jobs().jobs.map { ($0.name, $0.rows) })
  }

  @Test(arguments: Configuration.Delivery.allCases)
  func aKilledRouterKnowsAllAgain(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    try Self.makeInputs(stage)
    let file = try RouterFile(stage)
    let live = try LiveRows(stage, Self.producers, partitions: Self.partitions)
    let first = try await IndexedRouter(file, jobs: Self.rules)
    try await first.wait("three jobs") { $0.totals.active == 3 && $0.jobs.allSatisfy { $0.rows > 5 } }
    live.set(Array(Self.producers.dropLast()))
    try await first.wait("the end of job 403") { $0.totals.ended == 1 }
    // What is published, and no more than that, is known again.
    try await eventually("that the end is published", within: .seconds(10)) {
      try stage.indexMessages()["job/userC/403/one"]?.contains("\"ended\"") == true
    }
    let (before, rowsBefore) = (try await Self.lasting(first), try await Self.rows(first))
    #expect(before.map { $0[0] } == ["userA/401", "userB/402", "userC/403"])
    try await first.kill()

    // Rows go on meanwhile; none of them ends or begins a job.
    let second = try await IndexedRouter(file, jobs: Self.rules)
    let events = try await JobEventReader(second)
    try await second.wait("new rows") { shown in
      shown.jobs.count == 3 && shown.totals.complete
        && shown.jobs.filter { $0.state == "active" }.allSatisfy { $0.rows > rowsBefore[$0.name] ?? .max }
    }
    #expect(try await Self.lasting(second) == before)
    // A router that was killed has had rows that it had not published; what was published is there.
    #expect(try await Self.rows(second)["userC/403"] == rowsBefore["userC/403"])
    #expect(events.told.isEmpty, "\(events.sequence())")

    // No new rows at all: jobs are what they were, and come to their end in their time.
    try await live.stop()
    try await second.kill()
    let third = try await IndexedRouter(file, jobs: Self.rules)
    try await third.wait("what was known", within: .seconds(10)) { $0.totals.complete && $0.jobs.count == 3 }
    #expect(Set(try await Self.rows(third).keys) == Set(rowsBefore.keys))
    #expect(try await Self.lasting(third).last == before.last)
    try await third.wait("the end of the others") { $0.totals.ended == 3 }
    for job in try await third.details() {
      #expect(job.states == ["active rows", "silent no-rows", "ended no-rows"], "\(job)")
      #expect(job.rows >= rowsBefore[job.name] ?? .max)
    }
    try await third.stop()
  }

  @Test func threeRoutersShowTheSame() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    try Self.makeInputs(stage)
    let file = try RouterFile(stage)
    let live = try LiveRows(stage, Self.producers, partitions: Self.partitions)
    let rules = ["silent-after": "12s", "ended-after": "14s"]
    let one = try await IndexedRouter(file, instance: "one", jobs: rules)
    try await one.wait("three jobs") { $0.totals.active == 3 }
    let two = try await IndexedRouter(file, instance: "two", jobs: rules)
    let three = try await IndexedRouter(file, instance: "three", jobs: rules)
    let routers = [one, two, three]
    for router in routers { try await router.wait("three routers") { $0.totals.routers == 3 && $0.jobs.count == 3 } }
    let events = try await JobEventReader(two)
    let counted = try await Self.rows(one)
    for router in routers {
      try await router.wait("rows of all partitions") { shown in
        shown.jobs.allSatisfy { $0.rows > (counted[$0.name] ?? 0) + 20 }
      }
    }
    for router in routers {
      #expect(try await router.states() == ["userA/401 active", "userB/402 active", "userC/403 active"])
    }

    // For a moment nothing moves: then they agree to the row.
    live.set([])
    try await eventually("the same rows from all three", within: .seconds(8)) {
      let shown = try await [Self.rows(one), Self.rows(two), Self.rows(three)]
      return shown[0] == shown[1] && shown[1] == shown[2]
    }
    live.set(Self.producers)

    // One is killed; its partitions move, and nothing happens to the jobs.
    try await two.wait("no job silent") { $0.totals.silent == 0 }
    try await three.kill()
    for router in [one, two] {
      try await router.wait("two routers", within: .seconds(25)) { $0.totals.routers == 2 && !$0.totals.behind }
    }
    #expect(events.told.isEmpty, "\(events.sequence())")

    // A job that ends is the last thing that happens; then nothing moves, and both say the same, to the row.
    live.set(Array(Self.producers.dropLast()))
    for router in [one, two] { try await router.wait("the end of job 403") { $0.totals.ended == 1 } }
    try await live.stop()
    try await eventually("the same from both", within: .seconds(10)) {
      try await Self.rows(one) == Self.rows(two)
    }
    let (first, second) = (try await one.job("403", user: "userC"), try await two.job("403", user: "userC"))
    #expect(first?.lasting == second?.lasting && first?.schemas == second?.schemas)
    #expect(first?.states == ["active rows", "silent no-rows", "ended no-rows"])
    try await events.wait(for: 2)
    #expect(events.sequence() == ["silent userC/403", "ended userC/403"])
    try await one.stop()
    try await two.stop()
  }
}
