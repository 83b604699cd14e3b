internal import Jobs
internal import MetricRouter
internal import Naming

extension JobDetail {
  /// A line for each node.
  var nodeLines: [String] {
    guard !job.nodes.isEmpty else { return [] }
    // What a node that sends nothing had last is not how it is.
    let vitals = job.nodes.map { node in
      let isCurrent = job.state == .active && !node.isSilent
      return JobVitals(values: isCurrent ? node.values : [], names: totals.valueNames)
    }
    let sharing = job.isOnSharedNode ? [TableColumn.shrinking("SHARED WITH", minimum: 11).dropping(3)] : []
    var table = Table(
      [
        .shrinking("NODE"), .text("STATE"), .number("FIRST ROW").dropping(2), .number("LAST ROW"), .number("LOAD"),
        .number("MEMORY"), .number("CPUS BUSY").dropping(1),
      ] + sharing)
    for (node, vitals) in zip(job.nodes, vitals) {
      let state = job.state == .ended ? JobState.ended : node.isSilent ? .silent : .active
      let others = node.sharedWith.map { "\($0.job.text) of \($0.user.text)" }.joined(separator: ", ")
      table.add(
        [
          TableCell(node.node.text), TableCell(state.rawValue, state.style), TableCell(moment(node.firstRow)),
          TableCell(moment(node.lastRow)), TableCell(vitals.load.map { HumanFormat.quantity($0) } ?? "-"),
          TableCell(vitals.memory.map { HumanFormat.percent($0) } ?? "-"),
          TableCell(vitals.processors.map { HumanFormat.quantity($0) } ?? "-"),
        ] + sharing.map { _ in TableCell(others, .warning) })
    }
    return table.lines(for: terminal)
  }

  /// A line for each row schema.
  var schemaLines: [String] {
    guard !job.schemas.isEmpty else { return [] }
    var table = Table([
      .shrinking("ROW SCHEMA", minimum: 12), .number("ROWS"), .number("BYTES"), .number("ROWS/S"),
    ])
    for schema in job.schemas {
      table.add([
        TableCell(schema.name), TableCell(HumanFormat.count(schema.rows)), TableCell(HumanFormat.bytes(schema.bytes)),
        TableCell(HumanFormat.rate(schema.rowsPerSecond)),
      ])
    }
    return table.lines(for: terminal)
  }

  /// A line for each configured value that the nodes' table does not show.
  var valueLines: [String] {
    let others = job.state == .active ? JobVitals.others(values: job.values, names: totals.valueNames) : []
    guard !others.isEmpty else { return [] }
    var table = Table([.shrinking("VALUE", minimum: 12), .number("MEAN OF NODES")])
    for other in others {
      table.add([TableCell(other.name), TableCell(other.value.map { HumanFormat.quantity($0) } ?? "-")])
    }
    return table.lines(for: terminal)
  }
}
