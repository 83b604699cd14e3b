import Kafka
import Testing

@testable import MetricRouter

@Suite struct RoutingOutputActivityTests {
  @Test func whatDoesNotGrowIsIdle() {
    var activity = OutputActivity()
    #expect(!activity.isIdle(0, now: 1000, after: 1), "never observed")
    activity.observe([5, 0], now: 0)
    #expect(!activity.isIdle(0, now: 99, after: 100))
    activity.observe([6, 0, 1], now: 60)
    #expect(!activity.isIdle(0, now: 159, after: 100))
    #expect(activity.isIdle(0, now: 160, after: 100))
    #expect(activity.isIdle(1, now: 100, after: 100))
    #expect(!activity.isIdle(2, now: 100, after: 100))
    // Rows of a transaction that was aborted do not count: the number goes back, which is a change as well.
    activity.observe([5, 0, 1], now: 200)
    #expect(!activity.isIdle(0, now: 299, after: 100))
  }

  @Test func whatIsKeptCountsFromZero() {
    var activity = OutputActivity()
    activity.observe([5, 7, 9], now: 0)
    activity.observe([6, 7, 10], now: 50)
    activity.keepOnly([0, 2])
    activity.observe([0, 1], now: 100)
    #expect(activity.isIdle(0, now: 150, after: 100))
    #expect(!activity.isIdle(1, now: 150, after: 100))
    #expect(activity.count == 2)
  }

  @Test func outputsAreForgottenAndNumberedAnew() {
    var outputs = OutputTopics()
    let names = ["user", "job1", "job2"]
    for name in names {
      let position = outputs.add(NewTopic(name: name, partitions: 1, replication: nil), isJob: name != "user")
      _ = outputs.answered(name, .success(3), now: 0)
      #expect(names[Int(position)] == name)
    }
    #expect(outputs.jobCount == 2)
    outputs.keepOnly([0, 2])
    #expect(outputs.jobCount == 1)
    #expect(outputs.position(of: "job1") == nil)
    #expect(outputs.position(of: "job2") == 1)
    guard case .ready(partitions: 3) = outputs[1].state else {
      Issue.record("what is known of it is kept")
      return
    }
    #expect(outputs.answered("job1", .success(1), now: 0) == nil)
  }
}
