import MetricRouter
import Naming
import Testing

@testable import Jobs
@testable import RouterCLI

/// The pictures of `router jobs --watch`.
struct JobsFrameTests {
  private func frame(
    _ jobs: [Job], columns: Int = 80, rows: Int = 10, _ state: inout JobsViewState, totals: JobIndexTotals? = nil,
    trouble: String? = nil, hasKeys: Bool = true, isComplete: Bool = true
  ) -> JobsFrame {
    let source = FixedJobs(jobs, totals: totals ?? SomeJobs.totals)
    source.isComplete = isComplete
    return JobsFrame(
      &state, source, Terminal(columns: columns, rows: rows, usesColours: false), now: SomeJobs.now, trouble: trouble,
      hasKeys: hasKeys)
  }

  private var running: JobsViewState { JobsViewState(.list(JobQuery(states: [.active, .silent]))) }

  @Test func fillsTheTerminal() {
    var state = running
    #expect(
      frame(SomeJobs.all, columns: 100, rows: 9, &state).lines == [
        "3 active, 1 silent, 1 ended · 3 users · 6 nodes · 1,234 rows/s                              13:02:11",
        "",
        "USER▴  JOB     STATE   NODES                        RUN  ROWS/S  LOAD           MEMORY         LAST",
        "alice  4711    active  3 (1 silent, shared)  3 h 12 min      18  ▁▂▃▄▅▆▇█ 31.3  ███▌      43%   now",
        "bob    4712    active  1                        1 d 2 h     6.3  ▁▂▃▄▅▆▇█ 3.50  ███████▍  92%   now",
        "carol  c4-run  silent  1 (1 silent)               1 min       0              -              -  25 s",
        "",
        "",
        "q quit  s sort: user  r reverse",
      ])
  }

  @Test func scrolls() {
    var state = running
    let jobs = SomeJobs.many(100)
    func shown() -> [String] {
      let lines = frame(jobs, &state).lines
      return lines[3..<9].map { String($0.split(separator: " ")[1]) } + [lines[9]]
    }
    func press(_ keys: Key...) { for key in keys { _ = state.press(key, length: 100, page: 6) } }
    let keys = "q quit  s sort: user  r reverse  ↑↓ scroll"
    func footer(_ place: String) -> String {
      keys + String(repeating: " ", count: 80 - keys.count - place.count) + place
    }
    #expect(shown() == (1001...1006).map { "\($0)" } + [footer("1-6 of 100")])
    press(.down, .character("j"))
    #expect(shown() == (1003...1008).map { "\($0)" } + [footer("3-8 of 100")])
    press(.pageDown, .up)
    #expect(shown().first == "1007")
    press(.end)
    #expect(shown() == (1095...1100).map { "\($0)" } + [footer("95-100 of 100")])
    press(.down)
    #expect(shown().first == "1095")
    press(.home, .up)
    #expect(shown().first == "1001")
  }

  /// Jobs end while somebody looks at the last of them.
  @Test func comesBackWhereThereIsLess() {
    var state = running
    _ = state.press(.end, length: 100, page: 6)
    let lines = frame(SomeJobs.many(8), &state).lines
    #expect(state.scroll == 2)
    #expect(lines[3].contains("1003") && lines[8].contains("1008") && lines[9].hasSuffix("3-8 of 8"))
  }

  @Test func keepsToTheLimit() {
    var state = JobsViewState(.list(JobQuery(limit: 8)))
    _ = state.press(.end, length: 8, page: 6)
    let lines = frame(SomeJobs.many(100), &state).lines
    #expect(lines[3].contains("1003") && lines[8].contains("1008") && lines[9].hasSuffix("3-8 of 8"))
  }

  @Test func sortsAndReverses() {
    var state = running
    #expect(state.press(.character("s"), length: 4, page: 6) == .redraw)
    #expect(frame(SomeJobs.all, &state).lines.last?.hasPrefix("q quit  s sort: job  r reverse") == true)
    #expect(state.press(.character("r"), length: 4, page: 6) == .redraw)
    let lines = frame(SomeJobs.all, &state).lines
    #expect(lines[3].hasPrefix("carol") && lines.last?.hasPrefix("q quit  s sort: job, reversed") == true)
    _ = state.press(.character("S"), length: 4, page: 6)
    #expect(state == running)
    // Once round.
    for _ in JobQuery.Order.allCases { _ = state.press(.character("s"), length: 4, page: 6) }
    #expect(state == running)
  }

  @Test func keysThatMeanNothingChangeNothing() {
    var state = running
    for key in [Key.character("x"), .up, .home, .character("\u{1}")] {
      #expect(state.press(key, length: 4, page: 6) == .nothing)
    }
    #expect(state.press(.character("q"), length: 4, page: 6) == .quit)
    #expect(state.press(.suspend, length: 4, page: 6) == .suspend)
    var one = JobsViewState(.one(Name("4711"), user: nil))
    #expect(one.press(.character("s"), length: 4, page: 6) == .nothing)
    #expect(one.press(.character("r"), length: 4, page: 6) == .nothing)
  }

  @Test func saysWhyItMayNotBeAsItIs() {
    var state = running
    var totals = SomeJobs.totals
    #expect(frame(SomeJobs.all, &state).lines[1] == "")
    totals.time = SomeJobs.now - 90_000
    let old = "the rows are of 13:00:41, 1 min ago: is this a recording?"
    #expect(frame(SomeJobs.all, &state, totals: totals).lines[1] == old)
    totals.isBehind = true
    let behind = "a router is catching up with its input, or is down; this is the state at 13:00:41"
    #expect(frame(SomeJobs.all, &state, totals: totals).lines[1] == behind)
    totals.routers = 0
    let none = "no router is running; this is the state at 13:00:41"
    #expect(frame(SomeJobs.all, &state, totals: totals).lines[1] == none)
    totals.routers = 1
    #expect(frame(SomeJobs.all, &state, isComplete: false).lines[1] == "reading the job index")
    #expect(frame(SomeJobs.all, &state, trouble: "no broker answers at x").lines[1] == "no broker answers at x")
    totals.time = SomeJobs.now - 3 * 86_400_000
    let date = "a router is catching up with its input, or is down; this is the state at 2026-11-21 13:02:11"
    #expect(frame(SomeJobs.all, &state, totals: totals).lines[1] == date)
  }

  @Test func saysThatThereIsNothing() {
    var state = running
    #expect(frame([], &state).lines[3] == "There are no jobs.")
    let ended = "No job is active or silent. --state ended shows 1 more."
    #expect(frame([SomeJobs.dave], &state).lines[3] == ended)
  }

  @Test func showsOneJobAndScrollsIt() {
    var state = JobsViewState(.one(Name("4711"), user: nil))
    let first = frame(SomeJobs.all, rows: 12, &state)
    #expect(first.lines.first?.hasPrefix("Job 4711 of alice: active since ") == true)
    #expect(first.lines.count == 12 && first.page == 10 && first.length > 20)
    _ = state.press(.end, length: first.length, page: first.page)
    #expect(frame(SomeJobs.all, rows: 12, &state).lines[9].contains("rows arrive"))
    // It was forgotten meanwhile.
    let gone = frame([], rows: 12, &state)
    #expect(gone.lines[0] == "there is no job '4711'")
  }

  @Test(arguments: [1, 2, 3, 4, 5, 24], [1, 10, 79, 200])
  func fitsAnyTerminal(_ rows: Int, _ columns: Int) {
    for subject in [JobsSubject.list(JobQuery()), .one(Name("4711"), user: nil)] {
      var state = JobsViewState(subject)
      for hasKeys in [true, false] {
        let frame = frame(SomeJobs.many(50) + SomeJobs.all, columns: columns, rows: rows, &state, hasKeys: hasKeys)
        #expect(frame.lines.count == rows)
        #expect(frame.page >= 1)
      }
    }
  }
}
