internal import Jobs
internal import MetricRouter
internal import Runtime
internal import Wording

/// Prints the output of `router jobs`: once, or at each interval if nothing can be redrawn.
final class JobsPrinter {
  private let source: any JobIndexSource
  private let request: JobsRequest
  private let context: CommandContext
  /// What was last to be doubted, to say it once.
  private var doubt: JobsSummary.Doubt?
  /// The last line of JSON, to print changes only.
  private var last: Line?

  private enum Line: Equatable {
    case page(JobPage)
    case job(Job, JobIndexTotals)
  }

  init(_ source: any JobIndexSource, _ request: JobsRequest, _ context: CommandContext) {
    self.source = source
    self.request = request
    self.context = context
  }

  /// One answer.
  func print() throws(CommandFailure) {
    switch request.subject {
    case .list(let query): try printList(source.page(query), query)
    case .one(let job, let user): try printJob(try JobSearch(source: source).find(job, user: user))
    }
    try context.output.flush()
    try? context.errors.flush()
  }

  private func printList(_ page: JobPage, _ query: JobQuery) throws(CommandFailure) {
    if request.isJSON { return try printJSON(.page(page), JobsJSON.tree(page, of: query)) }
    let (output, now) = (context.output, WallClock.milliseconds())
    let summary = JobsSummary(totals: page.totals, now: now)
    guard !page.jobs.isEmpty else {
      if page.count > 0 {
        try note("--offset \(query.offset) skips all of them: there are \(HumanFormat.count(page.count)).")
        return try noteCaution(summary)
      }
      try note(JobSearch(source: source).absence(query))
      return try noteCaution(summary)
    }
    for line in JobTable(totals: page.totals, now: now).lines(page.jobs, for: output.terminal) { try output.line(line) }
    if output.terminal.isTerminal {
      try output.line()
      let part = PagingOptions.remark("Jobs", shown: page.jobs.count, offset: query.offset, total: page.count)
      if let part { try output.line(part) }
      try output.line(StyledText.truncated(summary.line(output.terminal), to: output.terminal.size.columns))
    }
    if request.interval != nil { try output.line() }
    try noteCaution(summary)
  }

  private func printJob(_ found: (job: Job, totals: JobIndexTotals)) throws(CommandFailure) {
    if request.isJSON {
      return try printJSON(.job(found.job, found.totals), JobsJSON.tree(found.job, found.totals))
    }
    let (output, now) = (context.output, WallClock.milliseconds())
    let detail = JobDetail(job: found.job, totals: found.totals, now: now, terminal: output.terminal)
    for line in detail.lines {
      try output.line(output.terminal.columns.map { StyledText.truncated(line, to: $0) } ?? line)
    }
    if request.interval != nil { try output.line() }
  }

  private func printJSON(_ line: Line, _ tree: @autoclosure () -> JSONTree) throws(CommandFailure) {
    guard request.interval != nil else { return try context.output.line(tree().document) }
    guard line != last else { return }
    last = line
    try context.output.line(tree().line)
  }

  private func noteCaution(_ summary: JobsSummary) throws(CommandFailure) {
    defer { doubt = summary.doubt }
    guard summary.doubt != doubt, let caution = summary.caution else { return }
    try note(context.errors.terminal.styled(caution, .warning))
  }

  /// Writes a note to standard error, so that the output for scripts stays a table.
  private func note(_ text: String) throws(CommandFailure) {
    try context.output.flush()
    try context.errors.line(text)
  }
}
