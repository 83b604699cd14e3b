internal import Naming
internal import Runtime
public import Wording

extension Job {
  /// The job as `/v1/jobs` and `router jobs --json` show it.
  ///
  /// - Parameter valueNames: the names of its values, `JobIndexTotals.valueNames`.
  public func json(valueNames: [String], series isWanted: Bool = false) -> JSONTree {
    var members: [JSONTree.Member] = [
      .init("user", .text(key.user.text)), .init("job", .text(key.job.text)),
      .init("state", .text(state.rawValue)), .init("reason", .text(reason.rawValue)),
      .init("since", Self.time(since)), .init("started", Self.time(started)), .init("ended", Self.time(ended)),
      .init("first_row", Self.time(firstRow)), .init("last_row", Self.time(lastRow)),
      .init("rows", JSONTree(rows)), .init("bytes", JSONTree(bytes)),
      .init("rows_per_second", Self.number(rowsPerSecond)), .init("input_delay_ms", JSONTree(inputDelay)),
      .init("nodes", .list(nodes.map { .text($0.node.text) })), .init("silent_nodes", JSONTree(silentNodes)),
      .init("shared_nodes", .list(nodes.filter { !$0.sharedWith.isEmpty }.map { .text($0.node.text) })),
      .init("values", Self.values(values, valueNames)),
      .init("topics", .object(["user": JSONTree(userTopic), "job": JSONTree(jobTopic)])),
      .init("slurm", slurm.map(Self.slurm) ?? .null),
    ]
    if isWanted { members.append(.init("series", series.json)) }
    return .object(members)
  }

  /// The job with all details: each node, each row schema and the history of states.
  public func detailedJSON(valueNames: [String]) -> JSONTree {
    guard case .object(var members) = json(valueNames: valueNames, series: true) else { return .null }
    members.append(
      .init("node_details", .list(nodes.map { $0.json(valueNames: valueNames) })))
    members.append(
      .init(
        "schemas",
        .list(
          schemas.map { schema in
            [
              "name": .text(schema.name), "rows": JSONTree(schema.rows), "bytes": JSONTree(schema.bytes),
              "rows_per_second": Self.number(schema.rowsPerSecond),
            ]
          })))
    members.append(.init("history", .list(history.map(\.json))))
    return .object(members)
  }

  private static func slurm(_ slurm: SlurmJob) -> JSONTree {
    [
      "name": JSONTree(slurm.name), "account": JSONTree(slurm.account), "partition": JSONTree(slurm.partition),
      "node_list": JSONTree(slurm.nodeList), "state": JSONTree(slurm.state), "exit_code": JSONTree(slurm.exitCode),
      "started": time(slurm.started), "ended": time(slurm.ended),
    ]
  }

  fileprivate static func values(_ values: [Double?], _ names: [String]) -> JSONTree {
    .object(zip(names, values).map { JSONTree.Member($0, number($1)) })
  }

  fileprivate static func number(_ value: Double?) -> JSONTree {
    guard let value, value.isFinite else { return .null }
    return .number(value)
  }

  fileprivate static func time(_ milliseconds: Int64?) -> JSONTree {
    JSONTree(milliseconds.map { Timestamp.text(milliseconds: $0) })
  }
}

extension JobNode {
  /// The node as a part of its job.
  package func json(valueNames: [String]) -> JSONTree {
    [
      "node": .text(node.text), "first_row": Job.time(firstRow), "last_row": Job.time(lastRow),
      "silent": .boolean(isSilent), "values": Job.values(values, valueNames),
      "shared_with": .list(sharedWith.map { ["user": .text($0.user.text), "job": .text($0.job.text)] }),
    ]
  }
}

extension JobChange {
  /// The change as an element of a history.
  package var json: JSONTree {
    ["time": Job.time(time), "state": .text(state.rawValue), "reason": .text(reason.rawValue)]
  }
}

extension JobSeries {
  /// The series; what is not known is null.
  package var json: JSONTree {
    func list(_ points: [Float]) -> JSONTree {
      // Four digits are more than a chart shows.
      .list(points.map { $0.isFinite ? .number((Double($0) * 10000).rounded() / 10000) : .null })
    }
    return [
      "end": Job.time(end == 0 ? nil : end), "interval_ms": .integer(Self.interval),
      "rows_per_second": list(rowsPerSecond), "load": list(load), "memory": list(memory),
    ]
  }
}

extension JobIndexTotals {
  /// The totals as `/v1/jobs` and `router jobs --json` show them.
  public var json: JSONTree {
    [
      "time": Job.time(time), "behind": .boolean(isBehind), "complete": .boolean(isComplete),
      "active": JSONTree(active), "silent": JSONTree(silent), "ended": JSONTree(ended), "users": JSONTree(users),
      "nodes": JSONTree(nodes), "rows_per_second": Job.number(rowsPerSecond), "routers": JSONTree(routers),
      "rows": rows?.json ?? .null,
      "values": .list(valueNames.map { .text($0) }),
    ]
  }
}
