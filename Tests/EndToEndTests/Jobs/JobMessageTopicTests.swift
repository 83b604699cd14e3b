import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// What becomes of the topic of Slurm's messages: all of it is read, whatever is done to it.
@Suite(.requiresKafka, .timeLimit(.minutes(2))) struct JobMessageTopicTests {
  /// A message that a job has started.
  private static func start(_ job: Int) -> (key: String?, value: String?) {
    let start = Date(timeIntervalSince1970: Date.now.timeIntervalSince1970.rounded() - 2).ISO8601Format().dropLast()
    return (
      nil,
      "{\"jobid\":\(job),\"username\":\"userA\",\"@start\":\"\(start)\",\"nodes\":\"c1\",\"state\":null}"
    )
  }

  @Test func partitionsAreAddedAndTheTopicIsRecreated() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let slurm = "slurm\(stage.tag)"
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, 1) }))
    try stage.makeTopics([slurm: 1])
    try stage.send([Self.start(801)], to: slurm)
    let router = try await IndexedRouter(
      try RouterFile(stage), jobs: ["events": slurm, "silent-after": "60s", "ended-after": "120s"])
    try await router.wait("job 801") { $0.totals.active == 1 }

    try stage.admin.createPartitions(of: slurm, count: 2, timeoutMilliseconds: 30000)
    try await eventually("the second partition", within: .seconds(20)) {
      let found = try stage.admin.describeTopic(slurm, timeoutMilliseconds: 30000)
      return found?.partitionCount == 2 && found?.leaderlessPartitions == []
    }
    try stage.send([Self.start(802)], to: slurm, partition: 1)
    try await router.wait("job 802, on a partition that was added") { $0.totals.active == 2 }

    for outcome in try stage.admin.deleteTopics([slurm], timeoutMilliseconds: 30000) {
      if let error = outcome.error { throw error }
    }
    try stage.makeTopics([slurm: 2])
    // The first of them is where the router has read before.
    try stage.send([803, 804, 805].map(Self.start), to: slurm)
    try await router.wait("the jobs of the new topic") { $0.totals.active == 5 }
    try await router.stop()
  }
}
