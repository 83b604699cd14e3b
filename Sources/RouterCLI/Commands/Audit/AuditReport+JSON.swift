internal import Auditing
internal import Kafka
internal import MetricRouter
internal import Naming
internal import Wording

extension AuditReport {
  /// All of it, as one document.
  func json(_ judgement: AuditJudgement, elapsedMilliseconds: Int64) -> JSONTree {
    let counts = counts
    var members: [JSONTree.Member] = [
      JSONTree.Member("proven", .boolean(judgement.isProven(self))),
      JSONTree.Member("exactly_once", .boolean(judgement.isExactlyOnce)),
      JSONTree.Member("strict", .boolean(judgement.isStrict)),
      JSONTree.Member("group", .text(group)),
    ]
    members += counts.members
    members += [
      JSONTree.Member("foreign", .integer(foreign)),
      JSONTree.Member("beyond", .integer(beyond)),
      JSONTree.Member("job_topic_limit", .integer(Int64(jobTopicLimit))),
      JSONTree.Member("copies_read", .integer(copies)),
      JSONTree.Member("copies_of_other_rows", .integer(otherCopies)),
      JSONTree.Member("elapsed_ms", .integer(elapsedMilliseconds)),
      JSONTree.Member("absent_inputs", .list(absentInputs.map { .text($0) })),
      JSONTree.Member("inputs", .list(partitions.map(\.json))),
      JSONTree.Member("topics", .list(topics.map(\.json))),
      JSONTree.Member("findings", .list(findings.map(\.json))),
    ]
    return .object(members)
  }
}

extension AuditCounts {
  fileprivate var members: [JSONTree.Member] {
    let reasons = deadLetters.sorted { $0.key.rawValue < $1.key.rawValue }.map { reason, count in
      JSONTree.Member(reason.rawValue, .integer(count))
    }
    return [
      JSONTree.Member("rows", .integer(rows)),
      JSONTree.Member("proven_rows", .integer(proven)),
      JSONTree.Member("routed", .integer(routed)),
      JSONTree.Member("dead_lettered", .integer(deadLettered)),
      JSONTree.Member("dead_letters", .object(reasons)),
      JSONTree.Member("unassigned", .integer(unassigned)),
      JSONTree.Member("withheld", .integer(withheld)),
      JSONTree.Member("waiting", .integer(waiting)),
      JSONTree.Member("refused", .integer(refused)),
      JSONTree.Member("redriven", .integer(redriven)),
      JSONTree.Member("missing", .integer(missing)),
      JSONTree.Member("doubled", .integer(doubled)),
      JSONTree.Member("misplaced", .integer(misplaced)),
      JSONTree.Member("altered", .integer(altered)),
      JSONTree.Member("expired", .integer(expired)),
      JSONTree.Member("gone", .integer(gone)),
      JSONTree.Member("without_job_topic", .integer(withoutJobTopic)),
      JSONTree.Member("deleted_before_routed", .integer(deletedUnread)),
    ]
  }
}

extension AuditReport.Partition {
  fileprivate var json: JSONTree {
    .object(
      [
        JSONTree.Member("topic", .text(partition.topic)),
        JSONTree.Member("partition", .integer(Int64(partition.partition))),
        JSONTree.Member("start_offset", .integer(offsetRange.start)),
        JSONTree.Member("end_offset", .integer(offsetRange.end)),
      ] + counts.members + [
        JSONTree.Member("beyond", .integer(offsetRange.beyond)),
        JSONTree.Member("older_rows_deleted", .boolean(offsetRange.isCutShort)),
      ])
  }
}

extension AuditReport.Topic {
  fileprivate var json: JSONTree {
    .object([
      "topic": .text(name), "missing": .integer(counts.missing), "doubled": .integer(counts.doubled),
      "misplaced": .integer(counts.misplaced), "altered": .integer(counts.altered),
      "foreign": .integer(counts.foreign), "expired": .integer(counts.expired), "gone": .integer(counts.gone),
      "without_job_topic": .integer(counts.withoutJobTopic),
    ])
  }
}

extension AuditFinding {
  fileprivate var json: JSONTree {
    .object([
      "kind": .text(kind.rawValue), "row": JSONTree(row.map { "\($0)" }), "topic": .text(topic),
      "partition": JSONTree(partition), "offset": JSONTree(offset), "detail": JSONTree(detail.isEmpty ? nil : detail),
    ])
  }
}
