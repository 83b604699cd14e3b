import Naming
import Testing

@testable import Checking
@testable import ConfigurationFiles
@testable import Kafka
@testable import MetricRouter
@testable import Topics

@Suite struct ClusterCheckTests {
  @Test func worstTroubleCounts() {
    var check = ClusterCheck()
    check.add(.ok, "a", "b")
    check.add(.warning, "a", "b")
    check.add(.unknown, "a", "b")
    #expect(check.trouble == nil)
    check.add(.error(.wrong), "a", "b")
    #expect(check.trouble == .wrong)
    check.add(.error(.refused), "a", "b")
    #expect(check.trouble == .refused)
    check.add(.error(.unreachable), "a", "b")
    check.add(.error(.wrong), "a", "b")
    #expect(check.trouble == .unreachable)
  }

  /// Watermarks of two partitions, what is committed, and the lag.
  static let lags: [(committed: [Int32: Int64], lag: InputTopicState.Lag)] = [
    ([:], .init(rows: 30, lost: 0, isNew: true)),
    ([0: TopicPartitionOffset.invalid], .init(rows: 30, lost: 0, isNew: true)),
    ([0: 15], .init(rows: 25, lost: 0, isNew: false)),
    ([0: 20, 1: 20], .init(rows: 0, lost: 0, isNew: false)),
    // Rows 4 to 9 were deleted before they were routed.
    ([0: 4, 1: 20], .init(rows: 10, lost: 6, isNew: false)),
    // Behind the end, as after a topic was recreated.
    ([0: 99, 1: 99], .init(rows: 0, lost: 0, isNew: false)),
  ]

  @Test(arguments: lags) func lagIsCounted(_ case: (committed: [Int32: Int64], lag: InputTopicState.Lag)) {
    let state = InputTopicState(
      name: "x", partitionCount: 2,
      watermarks: [0: Watermarks(low: 10, high: 20), 1: Watermarks(low: 0, high: 20)])
    #expect(state.lag(committed: `case`.committed) == `case`.lag)
  }

  @Test func onlyDifferencesThatMatterAreTold() {
    let place = ConfigurationPlace.wholeFile("user.yaml")
    let declaration = TopicDeclaration(
      partitions: 1,
      config: [
        .init("cleanup.policy", "delete"), .init("max.message.bytes", "2000"), .init("retention.ms", "1000"),
        .init("message.timestamp.type", "LogAppendTime"),
      ], place: place)
    func differing(_ settings: [String: String]) -> [String] {
      TopicDifference.between(
        declaration, settings.map { TopicSetting(name: $0.key, value: $0.value, isSetOnTopic: true) }
      ).map { "\($0.setting) \($0.declared) \($0.found)" }
    }
    let same = ["cleanup.policy": "delete", "max.message.bytes": "2000", "message.timestamp.type": "LogAppendTime"]
    #expect(differing(same).isEmpty)
    #expect(differing(same.merging(["retention.ms": "7", "max.message.bytes": "2001"]) { $1 }).isEmpty)
    #expect(differing(same.merging(["max.message.bytes": "1999"]) { $1 }) == ["max.message.bytes 2000 1999"])
    #expect(
      differing(["cleanup.policy": "compact", "message.timestamp.type": "CreateTime"])
        == ["cleanup.policy delete compact", "message.timestamp.type LogAppendTime CreateTime"])
    // What the broker does not tell is no difference.
    #expect(differing([:]).isEmpty)
  }

  @Test func inputsMatchAsLibrdkafkaMatches() {
    #expect(TopicPattern("meminfo").matches("meminfo"))
    #expect(!TopicPattern("meminfo").matches("meminfo2"))
    #expect(!TopicPattern("mem.nfo").matches("meminfo"))
    #expect(TopicPattern("^mem").matches("meminfo"))
    #expect(!TopicPattern("^mem$").matches("meminfo"))
    #expect(TopicPattern("^(a|b)[0-9]{2}$").matches("b07"))
    #expect(!TopicPattern("^[").matches("["))
  }
}
