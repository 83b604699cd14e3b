import Access
import Checking
import Decomp
import Kafka
import MetricRouter
import Naming
import RouterConfiguration
import Wording

/// The report for scripts: one document with the same content.
extension CheckReport {
  var json: JSONTree {
    .object([
      "ok": .boolean(exitCode == .ok),
      "exit_code": JSONTree(exitCode.rawValue),
      "errors": JSONTree(count(.error) + (cluster?.lines.count { $0.verdict.isError } ?? 0)),
      "warnings": JSONTree(warningCount),
      "findings": .list(findings.map(\.json)),
      "refused": .list(refusedFiles.map { .text($0) }),
      "decompositions": .list(decompositions.map(\.json)),
      "configuration": configuration.map(\.json) ?? .null,
      "row": row.map(\.json) ?? .null,
      "cluster": cluster.map(\.json) ?? .null,
    ])
  }
}

extension CheckFinding {
  var json: JSONTree {
    .object([
      "severity": .text(severity.rawValue), "place": .text(place), "path": JSONTree(path), "code": JSONTree(code),
      "message": .text(message), "remedy": JSONTree(remedy),
    ])
  }
}

extension DecompositionCheck {
  var json: JSONTree {
    .object([
      "file": .text(file),
      "parts": .list(
        parts.map { part in
          .object(["path": .text(part.path), "type": .text(part.kind), "applied": .boolean(part.isApplied)])
        }),
      "row_schemas": .list(schemas.map(\.json)),
      "omitted_warnings": JSONTree(omittedWarnings),
    ])
  }
}

extension RowSchemaCheck {
  var json: JSONTree {
    let (kind, topic) =
      switch topics {
      case .named(let name): ("name", name)
      case .pattern(let pattern): ("regex", pattern)
      case .shared(let inputs): ("shared", inputs.joined(separator: ", "))
      case .identityPattern(let pattern): ("identity-pattern", pattern)
      }
    let (by, reason): (String?, String?) =
      switch fate {
      case .routedByColumn(let column): (column.name, nil)
      case .routedByTopic: ("topic", nil)
      case .routedByJob(.columns(let columns)): (columns.map(\.name).joined(separator: ", "), nil)
      case .routedByJob(.metrics(let metrics)): (metrics.joined(separator: ", "), nil)
      case .routedByHost(let column): (column.name, nil)
      case .unassigned: (nil, "unassigned")
      case .deadLettered(let reason): (nil, reason.rawValue)
      case .neverArrive(let why): (nil, why)
      }
    return .object([
      "name": .text(name),
      "as_is": .boolean(columnCount == nil),
      "columns": JSONTree(columnCount),
      "identity": .list(identity.map { .object(["role": .text($0.role.rawValue), "column": .text($0.name)]) }),
      "topic": .object(["kind": .text(kind), "value": .text(topic)]),
      "routed": .boolean(isRouted),
      "routed_by": JSONTree(by),
      "depends_on_job": .boolean(dependsOnJob),
      "owners": authorities.map { JSONTree.list(($0.messages + $0.rowSchemas).map { .text($0) }) } ?? .null,
      "reason": JSONTree(reason),
    ])
  }
}

extension ConfigurationCheck {
  var json: JSONTree {
    let plan = settings.plan
    return .object([
      "file": JSONTree(file),
      "group": .text(settings.group),
      "instance": JSONTree(settings.consumer["group.instance.id"]),
      "delivery": .text(configuration.delivery.rawValue),
      "inputs": .list(settings.inputs.map { .text($0) }),
      "shared_inputs": .list(plan.sharedInputs.map { .text($0) }),
      "events": .list(settings.jobMessages.map { .text($0) }),
      "outputs": .object([
        "user": .text("\(plan.names.prefix).user.<user>.rows"),
        "job": .text("\(plan.names.prefix).user.<user>.job.<job>"),
        "dead_letter": .text(plan.names.deadLetters),
      ]),
      "producers": .list(plan.producers.patterns.map { .text("\($0)") }),
      "topic_pattern": JSONTree(plan.topicIdentity.map { "\($0.pattern)" }),
      "acl": .text(settings.accessMode.rawValue),
      "acl_principal": .text(settings.userAccess.principal.description),
      "kafka": .object([
        "common": configuration.kafka.common.json, "consumer": configuration.kafka.consumer.json,
        "producer": configuration.kafka.producer.json,
      ]),
    ])
  }
}

extension [KafkaProperty] {
  /// Names and values, secrets hidden.
  fileprivate var json: JSONTree {
    .object(
      map { property in
        JSONTree.Member(property.name, property.value.isSecret ? "(hidden)" : .text(property.value.text))
      })
  }
}

extension ClusterCheck {
  var json: JSONTree {
    .object([
      "trouble": JSONTree(trouble?.rawValue),
      "lines": .list(
        lines.map { line in
          .object([
            "verdict": .text(line.verdict.word), "subject": .text(line.subject), "message": .text(line.message),
            "remedy": JSONTree(line.remedy),
          ])
        }),
    ])
  }
}

extension CheckReport.Row {
  var json: JSONTree {
    let (verdict, reason, detail, explanation): (String, String?, String?, String?) =
      switch check.verdict {
      case .routed: ("routed", nil, nil, nil)
      case .deadLettered(let refusal):
        ("dead-lettered", refusal.reason.rawValue, refusal.detail, refusal.reason.explanation)
      case .undecided(let why): ("undecided", nil, why, nil)
      case .dependsOnJob(_, let why): ("depends-on-job", nil, why, nil)
      case .dependsOnHost(let why): ("depends-on-host", nil, why, nil)
      case .unassigned(let why): ("unassigned", nil, why, nil)
      case .withheld(let why): ("withheld", nil, why, nil)
      }
    return .object([
      "file": .text(name),
      "bytes": JSONTree(bytes.count),
      "begins": .text(CheckReport.beginning(of: bytes)),
      "topic": JSONTree(check.topic),
      "verdict": .text(verdict),
      "reason": JSONTree(reason),
      "detail": JSONTree(detail),
      "explanation": JSONTree(explanation),
      "readings": .list(check.readings.map(\.json)),
      "refused_by": .list(
        check.misses.map { miss in
          .object([
            "row_schema": JSONTree(miss.schema), "columns": JSONTree(miss.columnCount),
            "reason": .text(miss.refusal.reason.rawValue), "offset": JSONTree(miss.refusal.offset),
            "detail": .text(miss.detail),
          ])
        }),
    ])
  }
}

extension RowReading {
  var json: JSONTree {
    let source: JSONTree =
      switch owner {
      case .column(let role, let name):
        .object(["kind": "column", "role": .text(role.rawValue), "column": .text(name)])
      case .topic: .object(["kind": "topic"])
      case nil: .null
      }
    let (verdict, destination, refusal): (String, Destination?, Refusal?) =
      switch fate {
      case .routed(let destination): ("routed", destination, nil)
      case .deadLettered(let refusal): ("dead-lettered", nil, refusal)
      case .dependsOnTopic: ("undecided", nil, nil)
      case .dependsOnJob: ("depends-on-job", nil, nil)
      case .dependsOnHost: ("depends-on-host", nil, nil)
      case .unassigned: ("unassigned", nil, nil)
      case .withheld: ("withheld", nil, nil)
      }
    return .object([
      "row_schema": JSONTree(schema?.name),
      "other_row_schemas": .list(otherSchemas.map { .text($0) }),
      "columns": JSONTree(schema?.columns.count),
      "as_is": .boolean(schema == nil),
      "producer": JSONTree(producer.map { "\($0)" }),
      "producer_source": source,
      // As text: a job's number may be above what readers of JSON keep exactly.
      "job_id": JSONTree(jobID.map { String($0) }),
      "job_column": JSONTree(jobColumn),
      "verdict": .text(verdict),
      "user": JSONTree(destination?.identity.user.text),
      "job": JSONTree(destination?.identity.job.text),
      "job_source": JSONTree(destination?.identity.jobSource.rawValue),
      "node": JSONTree(destination?.identity.node.text),
      "user_topic": JSONTree(destination?.userTopic),
      "job_topic": JSONTree(destination?.jobTopic),
      "reason": JSONTree(refusal?.reason.rawValue),
      "detail": JSONTree(refusal?.detail),
    ])
  }
}
