internal import Jobs
internal import MetricRouter
internal import Naming

/// One picture of the live table.
struct JobsFrame {
  /// The lines of the frame, at most as many as the terminal has.
  private(set) var lines: [String] = []
  /// How many lines there are to scroll through.
  private(set) var length = 0
  /// How many of them are shown.
  private(set) var page = 0

  private let source: any JobIndexSource
  private let terminal: Terminal
  private let now: Int64
  /// What is wrong with the connection.
  private let trouble: String?
  private let hasKeys: Bool

  /// - Parameter state: its place is brought into what there is.
  init(
    _ state: inout JobsViewState, _ source: any JobIndexSource, _ terminal: Terminal, now: Int64,
    trouble: String? = nil,
    hasKeys: Bool
  ) {
    self.source = source
    self.terminal = terminal
    self.now = now
    self.trouble = trouble
    self.hasKeys = hasKeys
    switch state.subject {
    case .list(let query): drawList(query, &state)
    case .one(let job, let user): drawJob(job, user, &state)
    }
  }

  private var rows: Int { terminal.size.rows }

  private mutating func drawList(_ query: JobQuery, _ state: inout JobsViewState) {
    // Above the jobs: totals, caution, headings; below them the keys.
    page = max(1, rows - 4)
    var window = query
    window.limit = min(page, query.limit)
    window.offset = query.offset + state.scroll
    var found = source.page(window)
    length = min(max(0, found.count - query.offset), query.limit)
    let place = state.scroll
    state.clamp(length: length, page: page)
    window.offset = query.offset + state.scroll
    window.limit = min(page, max(0, query.limit - state.scroll))
    if place != state.scroll || window.limit < found.jobs.count { found = source.page(window) }

    let summary = JobsSummary(totals: found.totals, now: now)
    lines = [between(summary.line(terminal), terminal.styled(summary.moment, .faint)), caution(summary)]
    if found.jobs.isEmpty {
      lines += ["", JobSearch(source: source).absence(query)]
    } else {
      let table = JobTable(totals: found.totals, now: now, isLive: true, mark: (query.order, query.isReversed))
      lines += table.lines(found.jobs, for: terminal)
    }
    let direction = query.isReversed ? ", reversed" : ""
    end(keys: "q quit  s sort: \(query.order.rawValue)\(direction)  r reverse", state)
  }

  private mutating func drawJob(_ job: Name, _ user: Name?, _ state: inout JobsViewState) {
    page = max(1, rows - 2)
    let all: [String]
    let caution: String
    do {
      let found = try JobSearch(source: source).find(job, user: user)
      caution = self.caution(JobsSummary(totals: found.totals, now: now))
      all = JobDetail(job: found.job, totals: found.totals, now: now, terminal: terminal, hasCaution: false).lines
    } catch {
      caution = trouble.map { terminal.styled($0, .bad) } ?? ""
      all = [terminal.styled(error.message, .warning), error.hint]
    }
    length = all.count
    state.clamp(length: length, page: page)
    lines = Array(all.dropFirst(state.scroll).prefix(page))
    lines.append(contentsOf: Array(repeating: "", count: page - lines.count))
    lines.append(caution)
    end(keys: "q quit", state)
  }

  private func caution(_ summary: JobsSummary) -> String {
    if let trouble { return terminal.styled(trouble, .bad) }
    guard source.isComplete else { return terminal.styled("reading the job index", .warning) }
    return summary.caution.map { terminal.styled($0, .warning) } ?? ""
  }

  /// The keys in the last line, and the place where not everything is shown.
  private mutating func end(keys: String, _ state: JobsViewState) {
    lines = Array(lines.prefix(max(1, rows - 1)))
    lines += Array(repeating: "", count: max(0, rows - 1 - lines.count))
    let last = min(length, state.scroll + page)
    let place = length > page ? "\(state.scroll + 1)-\(last) of \(HumanFormat.count(length))" : ""
    var text = hasKeys ? keys : "Ctrl-C ends"
    if hasKeys, length > page { text += terminal.usesBlocks ? "  ↑↓ scroll" : "  j k scroll" }
    if rows > 1 { lines.append(between(terminal.styled(text, .faint), terminal.styled(place, .faint))) }
  }

  /// One text at the left, the other at the right; on narrow terminals the left one alone.
  private func between(_ left: String, _ right: String) -> String {
    guard !right.isEmpty else { return left }
    let room = terminal.size.columns - StyledText.columns(left) - StyledText.columns(right)
    return room >= 2 ? left + String(repeating: " ", count: room) + right : left
  }
}
