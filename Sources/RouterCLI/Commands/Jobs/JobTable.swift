internal import Jobs
internal import MetricRouter
internal import Naming

/// The table of jobs.
struct JobTable {
  let totals: JobIndexTotals
  /// The wall clock, in milliseconds since 1970; for an index that has no time yet.
  let now: Int64
  /// Whether courses are drawn instead of bars.
  var isLive = false
  /// What the jobs are sorted by, to be marked in the heading.
  var mark: (order: JobQuery.Order, isReversed: Bool)?

  /// Headings and rows, as lines that fit.
  func lines(_ jobs: [Job], for terminal: Terminal) -> [String] {
    var table = Table(columns(terminal))
    let fullLoad = max(1, jobs.compactMap { vitals($0).load }.max() ?? 0)
    for job in jobs { table.add(cells(job, fullLoad, terminal)) }
    return table.lines(for: terminal)
  }

  private func columns(_ terminal: Terminal) -> [TableColumn] {
    func title(_ text: String, _ order: JobQuery.Order?) -> String {
      guard let mark, mark.order == order else { return text }
      // Most of something first is downwards, as the order is declared.
      let isDownwards = [.rate, .rows, .load, .memory, .nodes].contains(mark.order) != mark.isReversed
      return text + (terminal.usesBlocks ? isDownwards ? "▾" : "▴" : isDownwards ? "v" : "^")
    }
    let bars = barColumns(terminal) > 0
    func measure(_ text: String) -> TableColumn { bars ? .text(text) : .number(text) }
    return [
      .shrinking(title("USER", .user)), .shrinking(title("JOB", .job)), .text(title("STATE", .state)),
      .text(title("NODES", .nodes)).dropping(3), .number(title("RUN", .started)).dropping(4),
      .number(title("ROWS/S", .rate)).dropping(5), measure(title("LOAD", .load)).dropping(1),
      measure(title("MEMORY", .memory)).dropping(2), .number("LAST").dropping(6), .shrinking("NODELIST").dropping(7),
      .shrinking("NAME").dropping(8),
    ]
  }

  private func cells(_ job: Job, _ fullLoad: Double, _ terminal: Terminal) -> [TableCell] {
    let vitals = vitals(job)
    let style = job.state.style
    return [
      TableCell(job.key.user.text), TableCell(job.key.job.text), TableCell(job.state.rawValue, style),
      TableCell(
        Self.nodes(job, isNarrow: isNarrow(terminal)), job.silentNodes > 0 && job.state != .ended ? .warning : .plain),
      TableCell(HumanFormat.duration(.milliseconds((job.ended ?? time) - job.started))),
      TableCell(HumanFormat.rate(job.rowsPerSecond)),
      load(job, vitals, fullLoad, terminal), memory(vitals, terminal),
      TableCell(job.lastRow.map { HumanFormat.age(.milliseconds(time - $0)) } ?? "-"),
      TableCell(NodeList.text(of: job.nodes.map(\.node))), TableCell(job.slurm?.name ?? ""),
    ]
  }

  /// `3`, `3 (1 silent)`, `3 (1 silent, shared)`, or `3* (1 silent)` where there is little room.
  static func nodes(_ job: Job, isNarrow: Bool) -> String {
    var remarks: [String] = []
    if job.silentNodes > 0, job.state != .ended { remarks.append("\(job.silentNodes) silent") }
    if job.isOnSharedNode, !isNarrow { remarks.append("shared") }
    return "\(job.nodes.count)" + (job.isOnSharedNode && isNarrow ? "*" : "")
      + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: ", ")))")
  }

  private func isNarrow(_ terminal: Terminal) -> Bool { terminal.columns.map { $0 < 100 } ?? false }

  private func load(_ job: Job, _ vitals: JobVitals, _ full: Double, _ terminal: Terminal) -> TableCell {
    let text = vitals.load.map { HumanFormat.quantity($0) } ?? "-"
    let columns = barColumns(terminal)
    guard columns > 0 else { return TableCell(text) }
    let drawing =
      isLive
      ? Sparkline.text(job.state == .ended ? [] : job.series.load, columns: columns, maximum: 1)
      : BlockBar.text(vitals.load.map { $0 / full }, columns: columns)
    return TableCell(drawing + " " + DisplayWidth.padded(text, to: 4, alignment: .right))
  }

  private func memory(_ vitals: JobVitals, _ terminal: Terminal) -> TableCell {
    let text = vitals.memory.map { HumanFormat.percent($0) } ?? "-"
    let style: TextStyle =
      switch vitals.memory ?? 0 {
      case 0.97...: .bad
      case 0.9...: .warning
      default: .plain
      }
    let columns = barColumns(terminal)
    guard columns > 0 else { return TableCell(text, style) }
    let bar = BlockBar.text(vitals.memory, columns: columns)
    return TableCell(bar + " " + DisplayWidth.padded(text, to: 4, alignment: .right), style)
  }

  /// How wide bars are; 0 for none.
  private func barColumns(_ terminal: Terminal) -> Int {
    guard terminal.usesBlocks, let columns = terminal.columns else { return 0 }
    return switch columns {
    case ..<60: 0
    case ..<100: 4
    case ..<130: 8
    default: 12
    }
  }

  private func vitals(_ job: Job) -> JobVitals { JobVitals(job, names: totals.valueNames) }

  /// The index's time: while a backlog is caught up, ages are as they were then.
  private var time: Int64 { totals.time ?? now }
}
