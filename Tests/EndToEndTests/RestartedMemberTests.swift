import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// A router that is killed and comes back within its session timeout, and finds partitions that were not there before.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct RestartedMemberTests {
  /// The broker gives it what it had, and librdkafka sees nothing new.
  @Test(arguments: Configuration.Delivery.allCases)
  func partitionsThatCameMeanwhileAreRead(_ delivery: Configuration.Delivery) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one), delivery)
    let (old, new) = ("loadavg\(stage.tag)", "meminfo\(stage.tag)")
    let rows = try stage.rows(of: .recording).filter { $0.topic == old || $0.topic == new }
    func some(_ topic: String, _ partition: Int32, _ range: Range<Int>) -> [InputRow] {
      var some = Array(rows.filter { $0.topic == topic }[range])
      for index in some.indices { some[index].partition = partition }
      return InputRow.numbered(some[...])
    }
    let first = some(old, 0, 0..<20)
    let added = some(old, 1, 20..<40)
    let made = some(new, 0, 0..<20)
    try stage.makeTopics([old: 1])
    // The broker waits for it longer than the test does.
    let file = try RouterFile(stage, consumer: ["session.timeout.ms: 45000"])
    var router = try file.start()
    try stage.feed(first)
    try await file.waitForCommit(first, by: [router])
    router.kill()
    _ = try await router.wait(within: .seconds(10))
    try stage.admin.createPartitions(of: old, count: 2, timeoutMilliseconds: 30000)
    try stage.makeTopics([new: 1])
    try stage.feed(added + made)
    router = try file.start()
    try await file.waitForCommit(first + added + made, by: [router], within: .seconds(40))
    try await file.stop([router])
    try await file.audit()
  }
}
