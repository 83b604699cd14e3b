import Foundation
import Kafka
import Naming
import Runtime
import TestSupport
import Testing

@testable import Access
@testable import MetricRouter

@Suite struct RouterMetricsTests {
  private static var snapshot: RouterStatus.Snapshot {
    var snapshot = RouterStatus.Snapshot()
    snapshot.totals.inputGaps = 2
    snapshot.totals.rowsDeletedUnread = 400
    snapshot.totals.consumed = 100
    snapshot.totals.consumedAgain = 7
    snapshot.totals.consumedBytes = 12345
    snapshot.totals.routed = 80
    snapshot.totals.deadLettered = 15
    snapshot.totals.deadLettersByReason = [.malformedRow: 10, .noIdentity: 5]
    snapshot.totals.deliveries.observe(30)
    snapshot.totals.commits.observe(3)
    snapshot.totals.rebalances = 2
    snapshot.isMember = true
    snapshot.assignment = [TopicPartition(topic: "meminfo", partition: 0)]
    snapshot.lags = [
      PartitionLag(TopicPartition(topic: "meminfo", partition: 10), rows: 5),
      PartitionLag(TopicPartition(topic: "meminfo", partition: 0), rows: 0),
    ]
    snapshot.refusedInputs = ["meminfo"]
    snapshot.inputHealth = InputHealth(now: MonotonicClock.milliseconds())
    snapshot.inputHealth?.heard(.missing, of: "vmstat", now: 0)
    snapshot.inputHealth?.heard(.missing, of: "loadavg", now: 0)
    snapshot.userTopics = 3
    snapshot.jobTopics = 5
    snapshot.access.granted = 3
    snapshot.jobs = [
      JobTotals(
        user: Name("alice"), job: Name("4711"), nodes: [Name("c1")], userTopic: "ldms.user.alice.rows",
        jobTopic: "ldms.user.alice.job.4711", rows: 1, bytes: 1)
    ]
    return snapshot
  }

  private static var text: String { RouterMetrics.text(snapshot, process: .now(), started: 1_795_497_254_500) }

  @Test func theyAreWhatTheRouterHasDone() {
    let lines = Set(Self.text.split(separator: "\n").map(String.init))
    for line in [
      "ldms_router_rows_consumed_total 107", "ldms_router_rows_consumed_again_total 7",
      "ldms_router_bytes_consumed_total 12345", "ldms_router_rows_routed_total 80", "ldms_router_rows_under_way 5",
      "ldms_router_rows_dead_lettered_total{reason=\"malformed-row\"} 10",
      "ldms_router_rows_dead_lettered_total{reason=\"topic-refused\"} 0",
      "ldms_router_input_gaps_total 2", "ldms_router_rows_deleted_unread_total 400",
      "ldms_router_input_lag_rows{topic=\"meminfo\",partition=\"10\"} 5",
      "ldms_router_unreadable_inputs{reason=\"refused\"} 1", "ldms_router_unreadable_inputs{reason=\"no-leader\"} 0",
      "ldms_router_unreadable_inputs{reason=\"missing\"} 2",
      "ldms_router_live_topics{kind=\"user\"} 3", "ldms_router_live_topics{kind=\"job\"} 5",
      "ldms_router_delivery_seconds_bucket{le=\"0.05\"} 1", "ldms_router_delivery_seconds_bucket{le=\"0.025\"} 0",
      "ldms_router_commit_seconds_count 1", "ldms_router_group_member 1", "ldms_router_rebalances_total 2",
      "ldms_router_users_with_access{state=\"granted\"} 3", "process_start_time_seconds 1795497254.5",
      "ldms_router_build_info{version=\"\(routerVersion)\",librdkafka=\"\(LibraryVersion.text)\"} 1",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func nobodyIsInThem() {
    #expect(!Self.text.contains("alice"))
    #expect(!Self.text.contains("4711"))
  }

  /// Prometheus's own reader, and its rules for names.
  @Test(.enabled(if: PrometheusClient.isInstalled, "python3 has no prometheus_client (python3-prometheus-client)"))
  func prometheusReadsThem() async throws {
    let families = try await PrometheusClient.families(Self.text)
    #expect(families["ldms_router_rows_consumed"] == "counter")
    #expect(families["ldms_router_delivery_seconds"] == "histogram")
    #expect(families["ldms_router_input_lag_rows"] == "gauge")
    #expect(families["process_resident_memory_bytes"] == "gauge")
    #expect(families.count == Self.text.split(separator: "\n").count { $0.hasPrefix("# TYPE ") })
  }

  @Test(.enabled(if: PrometheusClient.isInstalled, "python3 has no prometheus_client (python3-prometheus-client)"))
  func theReaderRefusesWhatIsWrong() async throws {
    await #expect(throws: HarnessFailure.self) { try await PrometheusClient.families("a{x=\"1\" 2\n") }
  }

  @Test func theSystemTellsOfTheProcess() throws {
    let figures = ProcessFigures.now()
    #expect(try #require(figures.residentBytes) > 1 << 20)
    #expect(try #require(figures.descriptors) >= 3)
    #expect(figures.processorSeconds > 0)
  }
}
