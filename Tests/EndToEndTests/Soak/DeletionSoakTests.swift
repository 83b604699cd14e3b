import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// An administrator deletes users' topics again and again while rows flow: a few times in `make test`, for long in
/// `make soak`.
@Suite(.requiresKafka, .serialized) struct DeletionSoakTests {
  @Test(.timeLimit(.minutes(30)), arguments: Soak.deliveries)
  func usersTopicsAreDeletedAgainAndAgain(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let recorded = try stage.rows(of: .recording)
    try stage.makeInputs(recorded)
    let file = try RouterFile(stage)
    let feeder = try RowFeeder(stage, rate: 400)
    let router = try file.start()
    let users = Set(recorded.compactMap { ExpectedOwner(row: $0.payload)?.user }).sorted()
    try #require(users.count > 1)
    // The last of them keeps their topic: their rows, and the rows of all jobs, must not suffer.
    let victims = users.dropLast().map { "\(stage.prefix).user.\($0).rows" }
    let reader = try stage.groupReader
    func reached() throws -> Int64 { try stage.committed(recorded, reader).values.reduce(0, +) }
    let admin = try stage.admin
    var random = SeededGenerator(seed: Soak.seed &+ 2)
    let rounds = Soak.rounds(short: 4)
    var deletions = 0
    for round in 0..<rounds {
      let victim = victims[round % victims.count]
      let before = try reached()
      try await eventually("rows go on in round \(round)", within: .seconds(60)) {
        if let status = router.status { throw HarnessError(description: "\(status): \(router.errorText)") }
        return try reached() > before + 300
      }
      // A topic that was only just deleted may not be there again yet.
      let outcome = try admin.deleteTopics([victim], timeoutMilliseconds: 30000)
      if outcome.allSatisfy({ $0.error == nil }) { deletions += 1 }
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...1500, using: &random)))
    }
    // The rows behind this place come to topics that stay.
    let settled = feeder.count
    try await eventually("rows behind the last deletion", within: .seconds(60)) { feeder.count > settled + 3000 }
    let rows = try await feeder.stop()
    try await file.waitForCommit(rows, by: [router])
    try await file.stop([router])
    #expect(deletions > rounds / 2, "\(deletions) of \(rounds)")

    let delivered = try Delivered(stage)
    #expect(delivered.deadLetters.isEmpty, "\(delivered.reasons)")
    var wrong: [String] = []
    var doubled = 0
    for (index, row) in rows.enumerated() {
      let owner = try #require(ExpectedOwner(row: row.payload))
      let copies = delivered.byKey[row.key] ?? []
      let found = Set(copies.map(\.topic))
      doubled += copies.count - found.count
      let (user, job) = (owner.userTopic(prefix: stage.prefix), owner.jobTopic(prefix: stage.prefix))
      // What was in a deleted topic went with it. 2,000 rows are five seconds: long enough for the last deletion.
      let mayLackUser = victims.contains(user) && index < settled + 2000
      if !found.contains(job) || !(mayLackUser || found.contains(user)) || !found.isSubset(of: [user, job])
        || copies.contains(where: { $0.payload != row.payload })
      {
        wrong.append("\(row.key) in \(found.sorted())")
      }
    }
    #expect(wrong.isEmpty, "\(wrong.count) of \(rows.count): \(wrong.prefix(5))")
    if delivery == .exactlyOnce { #expect(doubled == 0) }
    print("\(delivery.rawValue), \(deletions) deletions: \(rows.count) rows, \(doubled) copies twice")
  }
}
