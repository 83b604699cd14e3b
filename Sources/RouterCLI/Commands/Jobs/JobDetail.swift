internal import Jobs
internal import MetricRouter
internal import Naming

/// Everything that is known of one job, as lines.
struct JobDetail {
  let job: Job
  let totals: JobIndexTotals
  /// The wall clock, in milliseconds since 1970.
  let now: Int64
  let terminal: Terminal
  /// Whether it says that what is shown is old.
  var hasCaution = true

  /// All lines, from what matters most.
  var lines: [String] {
    var lines = [terminal.styled(title, .heading) + stateText]
    if hasCaution, let caution = JobsSummary(totals: totals, now: now).caution {
      lines.append(terminal.styled(caution, .warning))
    }
    lines += [""] + factLines
    for part in [nodeLines, schemaLines, valueLines, JobCourse(job, terminal).lines, historyLines] where !part.isEmpty {
      lines += [""] + part
    }
    return lines
  }

  private var title: String { PrintableText.escaped("Job \(job.key.job.text) of \(job.key.user.text)") }

  private var stateText: String {
    let state = terminal.styled(job.state.rawValue, job.state.style)
    return ": \(state) since \(moment(job.since)), as \(job.reason.text)"
  }

  private var factLines: [String] {
    let facts = self.facts
    let width = facts.map(\.name.count).max() ?? 0
    return facts.map { fact in
      let name = DisplayWidth.padded(fact.name, to: width, alignment: .left)
      return terminal.styled(name, .faint) + "  " + PrintableText.escaped(fact.text)
    }
  }

  private var facts: [(name: String, text: String)] {
    var facts: [(name: String, text: String)] = []
    func add(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { facts.append((name: name, text: text)) }
    }
    add("name", job.slurm?.name)
    add("account", job.slurm?.account)
    add("partition", job.slurm?.partition)
    add("node list", job.slurm?.nodeList ?? NodeList.text(of: job.nodes.map(\.node)))
    add("Slurm says", job.slurm?.state.map { $0 + (job.slurm?.exitCode.map { ", exit code \($0)" } ?? "") })
    let end = job.ended ?? time
    let elapsed = HumanFormat.duration(.milliseconds(end - job.started))
    add("started", moment(job.started) + (job.ended == nil ? ", runs for \(elapsed)" : ""))
    add("ended", job.ended.map { "\(moment($0)), ran for \(elapsed)" })
    let rate = job.rowsPerSecond.map { ", \(HumanFormat.rate($0)) a second" } ?? ""
    add("rows", "\(HumanFormat.count(job.rows)) (\(HumanFormat.bytes(job.bytes)))\(rate)")
    add("first row", job.firstRow.map { moment($0) })
    add("last row", job.lastRow.map { "\(moment($0)), \(Self.ago(time - $0))" })
    add(
      "delay",
      job.inputDelay.map { "\(HumanFormat.duration(.milliseconds($0))) from a row's creation to the router" })
    add("topics", job.userTopic)
    add(job.userTopic == nil ? "topics" : "", job.jobTopic)
    return facts
  }

  private static func ago(_ milliseconds: Int64) -> String {
    let age = HumanFormat.age(.milliseconds(milliseconds))
    return age == "now" ? "just now" : "\(age) ago"
  }

  private var historyLines: [String] {
    guard !job.history.isEmpty else { return [] }
    var table = Table([.text("SINCE"), .text("STATE"), .text("WHY")])
    for change in job.history {
      table.add([
        TableCell(moment(change.time)), TableCell(change.state.rawValue, change.state.style),
        TableCell(change.reason.text),
      ])
    }
    return table.lines(for: terminal)
  }

  func moment(_ milliseconds: Int64) -> String { LocalTime.moment(milliseconds, now: now) }

  /// The index's time.
  var time: Int64 { totals.time ?? now }
}
