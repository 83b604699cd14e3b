import Kafka
import Testing

@testable import MetricRouter

@Suite struct RoutingOutputActivityTests {
  private var outputs = OutputTopics()
  private var activity: OutputActivity

  init() {
    var rules = RouterSettings.Rotation()
    (rules.idleMilliseconds, rules.leastIdle, rules.sweepMilliseconds) = (100, 1, 50)
    activity = OutputActivity(rules, now: 0)
  }

  private mutating func add(_ names: String...) {
    for name in names {
      _ = outputs.add(NewTopic(name: name, partitions: 1, replication: nil), isJob: name != "user")
    }
  }

  @Test mutating func whatDoesNotGrowIsIdle() {
    add("user", "job1", "job2")
    #expect(!activity.isIdle(0, now: 1000), "never observed")
    activity.sweep(outputs, rows: [5, 0], now: 0)
    #expect(!activity.isIdle(0, now: 99))
    activity.sweep(outputs, rows: [6, 0, 1], now: 60)
    #expect(!activity.isIdle(0, now: 159))
    #expect(activity.isIdle(0, now: 160))
    #expect(activity.isIdle(1, now: 100))
    #expect(!activity.isIdle(2, now: 100))
    // Rows of a transaction that was aborted do not count: the number goes back, which is a change as well.
    activity.sweep(outputs, rows: [5, 0, 1], now: 200)
    #expect(!activity.isIdle(0, now: 299))
  }

  @Test mutating func idleTopicsAreCounted() {
    add("user", "job1", "job2")
    #expect(!activity.isSweepDue(now: 49))
    #expect(activity.isSweepDue(now: 50))
    activity.sweep(outputs, rows: [0, 0, 0], now: 50)
    #expect(!activity.isSweepDue(now: 99))
    activity.sweep(outputs, rows: [1, 0, 1], now: 150)
    #expect(activity.idleJobTopics == 1 && activity.idleUserTopics == 0)
    activity.sweep(outputs, rows: [2, 0, 1], now: 249)
    #expect(activity.idleJobTopics == 1)
    activity.sweep(outputs, rows: [2, 0, 1], now: 250)
    #expect(activity.idleJobTopics == 2 && activity.idleUserTopics == 0)
  }

  @Test mutating func aTopicThatWasDeletedIsIdleAtOnceUntilItGetsARow() {
    add("user", "job1", "job2")
    activity.sweep(outputs, rows: [1, 1, 1], now: 0)
    activity.setGone(1)
    activity.setGone(7)
    #expect(activity.isIdle(1, now: 1) && !activity.isIdle(2, now: 1))
    activity.sweep(outputs, rows: [2, 1, 2], now: 50)
    #expect(activity.isIdle(1, now: 50))
    activity.sweep(outputs, rows: [3, 2, 3], now: 60)
    #expect(!activity.isIdle(1, now: 60))
  }

  @Test mutating func whatIsKeptCountsFromZero() {
    add("user", "job1", "job2")
    activity.sweep(outputs, rows: [5, 7, 9], now: 0)
    activity.sweep(outputs, rows: [6, 7, 10], now: 50)
    add("job3")
    #expect(activity.keepInUse(outputs, now: 100) == [0, 2, 3], "one that was never observed is in use")
    #expect(activity.idleJobTopics == 0 && !activity.isRotationDue)
    outputs.keepOnly([0, 2, 3], replaced: [])
    activity.sweep(outputs, rows: [0, 1, 0], now: 100)
    #expect(activity.isIdle(0, now: 150))
    #expect(!activity.isIdle(1, now: 150))
    #expect(!activity.isIdle(2, now: 150))
  }

  @Test mutating func outputsAreForgottenAndNumberedAnew() {
    let names = ["user", "job1", "job2"]
    add("user", "job1", "job2")
    for name in names { _ = outputs.answered(name, .success(3), now: 0) }
    #expect(outputs.jobCount == 2)
    outputs.keepOnly([0, 2], replaced: [])
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
