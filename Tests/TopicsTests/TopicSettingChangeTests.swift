import Testing

@testable import MetricRouter
@testable import Topics

struct TopicSettingChangeTests {
  @Test(arguments: [
    ("604800000", "604800000", true), ("0.5", "0.50", true), ("1", "1.0", true), ("10", "100", false),
    ("delete,compact", "compact,delete", true), ("delete", "compact", false), ("delete", "delete,compact", false),
    ("true", "false", false), ("", "", true), ("-1", "-1", true), ("9223372036854775807", "9223372036854775806", false),
  ])
  func comparesAsKafkaDoes(_ one: String, _ other: String, _ isSame: Bool) {
    #expect(TopicSettingChange.isSame(one, other) == isSame)
    #expect(TopicSettingChange.isSame(other, one) == isSame)
  }

  @Test(
    arguments: [
      ("retention.ms", "604800000", "86400000", "rows older than 1 d are deleted (7 d were kept)"),
      ("retention.ms", "-1", "5400000", "rows older than 90 min are deleted (all were kept)"),
      ("retention.ms", nil, "1500", "rows older than 1500 ms are deleted (all were kept)"),
      ("retention.ms", "86400000", "604800000", nil),
      ("retention.ms", "86400000", "-1", nil),
      ("retention.ms", "-1", "-1", nil),
      ("retention.bytes", "-1", "1000", "the oldest rows of partitions above 1000 bytes are deleted (no limit before)"),
      (
        "retention.bytes", "2000", "1000",
        "the oldest rows of partitions above 1000 bytes are deleted (2000 bytes before)"
      ),
      ("retention.bytes", "1000", "-1", nil),
      (
        "cleanup.policy", "delete", "compact",
        "only the last of the rows with the same key stays, and rows without a key are rejected"
      ),
      (
        "cleanup.policy", "delete", "compact,delete",
        "only the last of the rows with the same key stays, and rows without a key are rejected"
      ),
      ("cleanup.policy", "compact", "delete", "rows older than the retention are deleted"),
      ("cleanup.policy", "compact,delete", "delete", nil),
      (
        "message.timestamp.type", "LogAppendTime", "CreateTime",
        "rows that arrive with a time older than the retention are deleted at once"
      ),
      ("message.timestamp.type", "CreateTime", "LogAppendTime", nil),
      ("max.message.bytes", "2097152", "1048588", "batches larger than 1048588 bytes are rejected from now on"),
      ("max.message.bytes", "1048588", "2097152", nil),
      ("min.insync.replicas", "2", "1", "rows are acknowledged with fewer copies, and can be lost with those brokers"),
      ("unclean.leader.election.enable", "false", "true", "acknowledged rows can be lost when brokers fail"),
      ("segment.ms", "604800000", "1", nil),
      ("something.new", nil, "x", nil),
    ] as [(String, String?, String, String?)])
  func saysWhatIsLost(_ name: String, _ old: String?, _ new: String, _ loss: String?) {
    #expect(TopicSettingChange(name, from: old, to: new).loss == loss)
  }
}
