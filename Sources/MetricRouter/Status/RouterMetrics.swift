internal import Access
internal import Jobs
internal import Kafka
internal import Naming
internal import Runtime

/// The router's metrics. None has a user or a job in it: they are many, and none of a monitoring system's business.
enum RouterMetrics {
  /// All metrics as they are now.
  ///
  /// - Parameter started: when the process did, in milliseconds since 1970.
  static func text(
    _ snapshot: RouterStatus.Snapshot, jobs: JobIndexTotals? = nil, process: ProcessFigures, started: Int64
  ) -> String {
    var text = MetricsText()
    addRows(snapshot.totals, to: &text)
    addProgress(snapshot, to: &text)
    addTopics(snapshot, to: &text)
    if let jobs { add(jobs, to: &text) }
    text.add(
      .gauge, "ldms_router_build_info", "The versions of the router and of librdkafka; always 1.",
      [.init(["version": routerVersion, "librdkafka": LibraryVersion.text], 1)])
    add(process, started: started, to: &text)
    return text.text
  }

  private static func addRows(_ totals: RouterTotals, to text: inout MetricsText) {
    // Never goes down: what is consumed again is counted again.
    text.add(
      .counter, "ldms_router_rows_consumed_total",
      "Rows consumed. Minus those routed, dead-lettered, unassigned, withheld, postponed and consumed again, these are under way.",
      totals.consumed + totals.consumedAgain)
    text.add(.counter, "ldms_router_bytes_consumed_total", "Bytes of the rows consumed.", totals.consumedBytes)
    text.add(
      .counter, "ldms_router_rows_consumed_again_total",
      "Rows consumed again because a transaction or a session was aborted.", totals.consumedAgain)
    text.add(
      .counter, "ldms_router_rows_routed_total", "Rows that have arrived in the topics of their user and job.",
      totals.routed)
    text.add(.counter, "ldms_router_bytes_routed_total", "Bytes of the rows routed, each once.", totals.routedBytes)
    text.add(
      .counter, "ldms_router_rows_dead_lettered_total", "Rows that have arrived in the dead-letter topic, by reason.",
      DeadLetterReason.allCases.map { .init(["reason": $0.rawValue], totals.deadLettersByReason[$0] ?? 0) })
    text.add(
      .counter, "ldms_router_bytes_dead_lettered_total", "Bytes of the rows dead-lettered.", totals.deadLetteredBytes)
    text.add(
      .counter, "ldms_router_rows_unassigned_total", "Rows of hosts that ran no job; they are not copied.",
      totals.unassigned)
    text.add(
      .counter, "ldms_router_rows_withheld_total",
      "Rows of hosts that ran jobs of several users; nobody gets them (identity.shared-nodes).", totals.withheld)
    text.add(
      .counter, "ldms_router_rows_postponed_total",
      "Rows stored to wait for the owner of their job; they are consumed once more from there.", totals.postponed)
    text.add(
      .counter, "ldms_router_rows_without_job_topic_total",
      "Rows routed only to their user's topic, because too many jobs have a topic.", totals.withoutJobTopic)
    text.add(
      .counter, "ldms_router_input_gaps_total",
      "How often rows of an input partition were deleted before they were read.", totals.inputGaps)
    text.add(
      .counter, "ldms_router_rows_deleted_unread_total",
      "Rows that the retention of input topics deleted before they were read.", totals.rowsDeletedUnread)
  }

  private static func add(_ jobs: JobIndexTotals, to text: inout MetricsText) {
    text.add(
      .gauge, "ldms_router_jobs", "Jobs in the index, of all routers of the group, by state.",
      [
        .init(["state": "active"], jobs.active), .init(["state": "silent"], jobs.silent),
        .init(["state": "ended"], jobs.ended),
      ])
    text.add(.gauge, "ldms_router_active_users", "Users with a job that has not ended.", jobs.users)
    text.add(.gauge, "ldms_router_active_nodes", "Nodes with a job that has not ended.", jobs.nodes)
    text.add(
      .gauge, "ldms_router_index_behind", "Whether rows wait to be read, so that the job index shows the past.",
      jobs.isBehind ? 1 : 0)
    text.add(
      .gauge, "ldms_router_index_complete",
      "Whether the router has read what earlier runs and other routers know of jobs.",
      jobs.isComplete ? 1 : 0)
  }

  private static func addProgress(_ snapshot: RouterStatus.Snapshot, to text: inout MetricsText) {
    let totals = snapshot.totals
    text.add(.gauge, "ldms_router_rows_under_way", "Rows consumed that have not arrived yet.", totals.underWay)
    text.add(
      .gauge, "ldms_router_input_lag_rows",
      "Rows between the last one consumed and the end of an input partition that this router reads.",
      snapshot.lags.sorted {
        ($0.partition.topic, $0.partition.partition) < ($1.partition.topic, $1.partition.partition)
      }
      .map { .init(["topic": $0.partition.topic, "partition": String($0.partition.partition)], $0.rows) })
    let troubles = snapshot.inputTroubles.values
    text.add(
      .gauge, "ldms_router_unreadable_inputs",
      "Input topics that cannot be read, by reason: no permission, no leader, or they do not exist (yet).",
      InputTrouble.allCases.map { trouble in
        .init(["reason": trouble.rawValue], troubles.count { $0 == trouble })
      })
    if let health = snapshot.inputHealth {
      text.add(
        .gauge, "ldms_router_unassigned_input_partitions",
        "Input partitions that no member of the consumer group reads, although they exist.", health.unread.count)
      text.add(
        .gauge, "ldms_router_broker_silence_seconds", "Time since a broker last answered, normally at most 2 seconds.",
        seconds: Double(MonotonicClock.milliseconds() - health.lastAnswer) / 1000)
    }
    text.add(
      "ldms_router_delivery_seconds", "Time from reading a batch of rows until all of them are acknowledged.",
      totals.deliveries)
    text.add("ldms_router_commit_seconds", "Time until a commit is acknowledged.", totals.commits)
    text.add(
      .counter, "ldms_router_commit_failures_total", "Commits that failed, and transactions aborted.",
      totals.failedCommits)
    text.add(
      .gauge, "ldms_router_group_member", "Whether the router is a member of its consumer group.",
      snapshot.isMember ? 1 : 0)
    text.add(
      .gauge, "ldms_router_assigned_partitions", "Input partitions that the router reads.", snapshot.assignment.count)
    text.add(
      .counter, "ldms_router_rebalances_total", "Assignments of partitions by the consumer group.", totals.rebalances)
    text.add(
      .counter, "ldms_router_rejoins_total",
      "How often the router left its consumer group and joined it again, because nobody read some partition.",
      totals.rejoins)
    text.add(
      .counter, "ldms_router_client_rebuilds_total", "How often the Kafka clients were recreated after an error.",
      totals.rebuilds)
    text.add(
      .gauge, "ldms_router_producer_queue_messages",
      "Messages in librdkafka's producers: not sent, or not acknowledged.",
      snapshot.unansweredCopies)
  }

  private static func addTopics(_ snapshot: RouterStatus.Snapshot, to text: inout MetricsText) {
    text.add(
      .gauge, "ldms_router_live_topics", "Topics with recent rows.",
      [.init(["kind": "user"], snapshot.userTopics), .init(["kind": "job"], snapshot.jobTopics)])
    text.add(
      .gauge, "ldms_router_rows_waiting_for_topics", "Rows that wait for their topics to be created.",
      snapshot.waitingRows)
    text.add(
      .gauge, "ldms_router_partitions_waiting_for_index",
      "Input partitions that wait until the job index has been read.", snapshot.partitionsHeldBack)
    text.add(
      .gauge, "ldms_router_users_with_access",
      "Users by whether they have permission to read their topics, if the router grants it.",
      [
        .init(["state": "granted"], snapshot.access.granted), .init(["state": "refused"], snapshot.access.refused),
        .init(["state": "waiting"], snapshot.access.waiting),
      ])
  }

  private static func add(_ process: ProcessFigures, started: Int64, to text: inout MetricsText) {
    text.add(
      .gauge, "process_start_time_seconds", "When the process started, in seconds since 1970.",
      seconds: Double(started) / 1000)
    text.add(
      .counter, "process_cpu_seconds_total", "Processor time that the process has used.",
      seconds: process.processorSeconds)
    if let bytes = process.residentBytes {
      text.add(.gauge, "process_resident_memory_bytes", "Memory that the process occupies.", bytes)
    }
    if let descriptors = process.descriptors {
      text.add(.gauge, "process_open_fds", "Descriptors that are open.", descriptors)
    }
  }
}
