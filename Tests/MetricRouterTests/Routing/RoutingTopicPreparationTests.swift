import Kafka
import Naming
import Testing

@testable import MetricRouter

@Suite struct RoutingTopicPreparationTests {
  @Test(.timeLimit(.minutes(1))) func noRowWaitsForATopicThatNobodyIsAtWorkFor() {
    let seen = RoutingTopicPreparationModel.walk(steps: 30)
    #expect(
      seen == [
        "a producer is kept", "closed", "missing", "not known yet", "postponed", "refused", "rotated",
        "rotation postponed", "survey", "surveyed", "surveyed and gone", "too many jobs", "too slow",
      ])
  }

  /// Rows may come before it is known which topics exist.
  @Test func jobsThatAreNotDecidedYetCountAgainstTheirLimit() throws {
    let names = try TopicNames(prefix: "ldms")
    var topics = TopicPreparation(
      TopicAdmission.Limits(jobs: 2), names: names, rotation: RouterSettings.Rotation(),
      pool: ProducerPool(.fixed(1), partitionsLimit: 256, linger: .configured), now: 0)
    let outputs = try (1...3).map { job in
      let name = try #require(names.job(Name("\(job)"), user: Name("al")))
      let output = topics.addJobTopic(NewTopic(name: name, partitions: 1, replication: nil), user: Name("al"), now: 0)
        .output
      if let output { _ = topics.need(output, now: 0) }
      return output
    }
    #expect(outputs == [0, 1, nil])
    // One of them existed: there is room for two all the same.
    let name = try #require(names.job(Name("1"), user: Name("al")))
    let actions = topics.surveyed([name], now: 1)
    #expect(actions.count == 2)
    let hasRoom = topics.askForJobRoom(now: 1).hasRoom
    #expect(!hasRoom)
  }
}
