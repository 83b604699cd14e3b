internal import Jobs
internal import MetricRouter
internal import Naming
internal import Replay

/// What the demo shows: on a terminal a table that is redrawn, elsewhere a line for each thing that happens.
final class DemoScreen {
  private let recording: Recording
  private let output: Output
  private let live: LiveRegion
  private let speed: Double
  /// How much of the timeline has been told.
  private var told = 0
  private var active: Set<String> = []
  private var ended: Set<String> = []
  /// The jobs whose topic has been printed.
  private var seen: Set<String> = []

  init(recording: Recording, output: Output, speed: Double) {
    self.recording = recording
    self.output = output
    self.speed = speed
    live = LiveRegion(output: output)
  }

  private var terminal: Terminal { output.terminal }

  func begin(bootstrap: String, page: String?) throws(CommandFailure) {
    let topics = recording.topics.count
    try output.line(terminal.styled("LDMS metric router: a recorded cluster", .heading))
    try output.line(
      "\(HumanFormat.count(recording.rows.count)) rows that a real LDMS stored into \(topics) topics, all users and jobs "
        + "mixed, at \(ValueKind.spelled(speed)) times the original speed and with today's times.")
    if let page { try output.line("The page with the jobs as they run: \(page)") }
    try output.line("The embedded broker listens at \(bootstrap). The router is joining its group (3 s) ...")
    try output.line()
    try output.flush()
  }

  func show(_ progress: Replayer.Progress, _ snapshot: RouterStatus.Snapshot) throws(CommandFailure) {
    try tell(upTo: progress.position)
    for job in snapshot.jobs {
      guard let topic = job.jobTopic, seen.insert(topic).inserted else { continue }
      if !terminal.isTerminal {
        try output.line(
          "\(clock(progress.position))  first row of job \(job.job) of \(job.user): topic \(topic)")
        try output.flush()
      }
    }
    guard terminal.isTerminal else { return }
    let totals = snapshot.totals
    let head =
      "\(clock(progress.position))   stored \(HumanFormat.count(progress.rows))   "
      + "routed \(HumanFormat.count(totals.routed))   dead-lettered \(HumanFormat.count(totals.deadLettered))"
    try live.draw([head, ""] + table(snapshot).lines(for: terminal))
  }

  /// The summary, per user and job.
  func end(_ snapshot: RouterStatus.Snapshot) throws(CommandFailure) {
    if let last = recording.rows.last, let first = recording.rows.first {
      try tell(upTo: max(last.timestamp, recording.timeline.last?.timestamp ?? 0) - first.timestamp)
    }
    try live.finish(keepingLines: false)
    let totals = snapshot.totals
    try output.line()
    try output.line(terminal.styled("Summary", .heading))
    var counts = Table([.text("ROWS"), .number("COUNT")])
    counts.add(["in", "\(HumanFormat.count(totals.consumed))"])
    counts.add(["routed", "\(HumanFormat.count(totals.routed))"])
    counts.add(["dead-lettered", "\(HumanFormat.count(totals.deadLettered))"])
    for (reason, count) in totals.deadLettersByReason.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      counts.add(["  \(reason.rawValue)", "\(HumanFormat.count(count))"])
    }
    try counts.print(to: output)
    try output.line()
    try table(snapshot).print(to: output)
    try output.line()
    var users = Table([
      .text("USER"), .number("JOBS"), .number("ROWS"), .number("SIZE"), .shrinking("TOPIC", minimum: 20),
    ])
    for (user, jobs) in Dictionary(grouping: snapshot.jobs, by: \.user).sorted(by: { $0.key < $1.key }) {
      users.add([
        "\(user)", "\(jobs.count)", "\(HumanFormat.count(jobs.reduce(0) { $0 + $1.rows }))",
        "\(HumanFormat.bytes(jobs.reduce(0) { $0 + $1.bytes }))", "\(jobs.first?.userTopic ?? "")",
      ])
    }
    try users.print(to: output)
    try output.line()
    try output.flush()
  }

  /// How to look at the topics while the broker is up.
  func invite(bootstrap: String, userTopic: String) throws(CommandFailure) {
    try output.line(
      "The recording repeats at its original speed until Ctrl-C; its jobs run again with the same ids.")
    try output.line("The broker is at \(bootstrap). To read a user's topic, with the origin of each row:")
    try output.line()
    try output.line("  kcat -b \(bootstrap) -t \(userTopic) -C -e -q -f '%k %s\\n'")
    try output.flush()
  }

  /// What to do next.
  func pointFurther() throws(CommandFailure) {
    try output.line("Next steps:")
    try output.line("  router demo --keep       repeat the recording, for the page and for kcat")
    try output.line("  router check --help      check your own decomp.json and rows")
    try output.line("  router run --help        run the service; README.md shows how to connect an LDMS")
    try output.flush()
  }

  private func table(_ snapshot: RouterStatus.Snapshot) -> Table {
    var table = Table([
      .text("USER"), .text("JOB"), .text("NODES"), .text("STATE"), .number("ROWS"), .number("SIZE"),
      .shrinking("TOPIC", minimum: 20),
    ])
    for job in snapshot.jobs.sorted(by: { ($0.user, $0.job) < ($1.user, $1.job) }) {
      let id = job.job.text
      let state: TableCell =
        ended.contains(id)
        ? TableCell(JobState.ended.rawValue, JobState.ended.style)
        : active.contains(id) ? TableCell(JobState.active.rawValue, JobState.active.style) : ""
      table.add([
        "\(job.user)", "\(job.job)", "\(NodeList.text(of: job.nodes.sorted()))", state,
        "\(HumanFormat.count(job.rows))", "\(HumanFormat.bytes(job.bytes))", "\(job.jobTopic ?? "-")",
      ])
    }
    return table
  }

  /// Tells what the recording's timeline says up to a moment.
  private func tell(upTo position: Int64) throws(CommandFailure) {
    guard let began = recording.rows.first?.timestamp else { return }
    while told < recording.timeline.count, recording.timeline[told].timestamp - began <= position {
      let entry = recording.timeline[told]
      told += 1
      let moment = clock(max(0, entry.timestamp - began))
      switch entry.change {
      case .start(let jobs):
        for job in jobs {
          active.insert(job.id)
          try tellAbove("\(moment)  job \(job.id) of \(job.user) starts on \(job.nodes)")
        }
      case .end(let jobs):
        for job in jobs {
          ended.insert(job.id)
          try tellAbove("\(moment)  job \(job.id) of \(job.user) ends")
        }
      case .finish:
        try tellAbove("\(moment)  the recording ends")
      }
    }
  }

  private func tellAbove(_ line: String) throws(CommandFailure) {
    try live.printAbove(line)
    try output.flush()
  }

  /// Minutes and seconds of the recording.
  private func clock(_ milliseconds: Int64) -> String {
    let seconds = milliseconds / 1000
    return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
  }
}
