import Foundation
import Jobs
import MetricRouter
import Naming
import Synchronization
import TestSupport
import Testing
import Wording

/// The page in a real browser, with a router that stands in.
@Suite(
  .enabled(
    if: Browser.isInstalled, "chromium and chromium-driver are not installed (or set CHROMIUM and CHROMEDRIVER)"),
  .oneBrowser, .serialized, .timeLimit(.minutes(5))
) struct PageTests {
  /// Runs checks on jobs.
  private func check(
    _ jobs: [Job] = StandInJobs.few, token: String? = nil, _ body: (PageChecks, StandInRouter) async throws -> Void
  ) async throws {
    let router = try StandInRouter(jobs, token: token)
    try await SharedBrowser.use { browser in
      try await body(PageChecks(browser: browser, address: router.address), router)
    }
  }

  /// All but the ended ones, the latest first.
  private let initial = ["alice/104", "bob/105", "bob/102", "alice/101"]

  @Test func jobsAppearWithTheirValues() async throws {
    try await check { page, router in
      try await page.open()
      let shown = try await page.rows(are: initial)
      let job = shown.rows[3]
      #expect((job.name, job.state, job.nodes) == ("wrf-europe", "active", "3c[1-3]"))
      #expect((job.rate, job.load, job.memory) == ("18.0", "12.0", "75 %"))
      #expect(shown.rows[1].state == "silent")
      #expect(shown.totals["Active jobs"] == "3")
      #expect(shown.totals["Users"] == "2")
      #expect(shown.totals["Nodes"] == "7")
      #expect(shown.states == ["active", "silent"])

      // What changes is changed in place: the row stays the same element.
      _ = try await page.browser.run("document.querySelectorAll('#rows tr')[3].mark = 1; return 0", as: Int.self)
      router.show(StandInJobs.few + [StandInJobs.job("dora", "200", minutes: 1)])
      try await page.rows(are: ["dora/200"] + initial)
      #expect(try await page.browser.run("return document.querySelectorAll('#rows tr')[4].mark") == 1)
    }
  }

  @Test func jobsAreFilteredAndSorted() async throws {
    try await check { page, router in
      try await page.open()
      try await page.rows(are: initial)
      try await page.filter("gpu01", leaves: ["bob/102"])
      try await page.filter("WRF", leaves: ["alice/101"])
      try await page.filter("b+ %&#", leaves: [])
      try await page.sort(
        by: "user", "User", gives: ["alice/101", "alice/104", "bob/102", "bob/105"], first: "ascending")
      try await page.sort(
        by: "load", "Load", gives: ["bob/102", "alice/101", "bob/105", "alice/104"], first: "descending")
      #expect(router.state.withLock { $0.queries.last?["sort"] } == "load")

      // The whole view stands in the address.
      try await page.open("q=bob&state=silent,active,ended&sort=load&reverse=&user=bob&job=102")
      let shown = try await page.rows(are: ["bob/105", "bob/102"])
      #expect(shown.order == "Load ascending")
      #expect(shown.states == ["active", "silent", "ended"])
      #expect(shown.details != nil)
      // One that makes no sense is as none.
      try await page.open("sort=nonsense&state=&page=-7&%%%&user=")
      #expect(try await page.wait(for: "rows") { $0.rows.count == 5 }.order == "Started descending")
    }
  }

  @Test func statesAreChosen() async throws {
    try await check { page, _ in
      try await page.open()
      try await page.rows(are: initial)
      try await page.toggle("ended", leaves: initial + ["carol/103"])
      try await page.toggle("active", leaves: ["bob/105", "carol/103"])
      try await page.toggle("silent", leaves: ["carol/103"])
      // None pressed is no filter at all.
      try await page.toggle("ended", leaves: initial + ["carol/103"])
    }
    try await check([]) { page, _ in
      try await page.open()
      try await page.wait(for: "that there are none") { $0.nothing.hasPrefix("No jobs yet.") }
    }
  }

  @Test func detailsOpenAndClose() async throws {
    try await check { page, _ in
      try await page.open()
      try await page.rows(are: initial)
      let texts = [
        "wrf-europe", "c[1-3]", "ldms.user.alice.job.101", "kcat -b BROKERS -t ldms.user.alice.job.101", "loadavg",
        "rows arrive", "1.0 MiB", "420 ms",
      ]
      try await page.details(of: "alice/101", say: texts)
      try await page.details(of: "bob/105", say: ["silent", "no rows arrive"])
      try await page.open("user=nobody&job=1")
      try await page.wait(for: "that the job is not known") { $0.details?.contains("does not know this job") ?? false }
    }
  }

  @Test func theKeyboardIsEnough() async throws {
    try await check { page, _ in try await page.keyboard(rows: initial) }
  }

  /// Users choose names; whatever they look like, they are text.
  @Test func hostileNamesStayText() async throws {
    let names = [
      "<img src=x onerror=\"window.hit=1\">", "\"><script>window.hit=1</script>", "javascript:window.hit=1",
      "'; DROP TABLE jobs; --", "\u{202E}txet\u{202C} é 日本語 \u{1F980}", "a/b?c#d&e=f%41 +",
    ]
    let jobs = names.enumerated().map { index, name in
      StandInJobs.job(name, "7\(index)", name: name, nodes: [name], minutes: Int64(index) + 1)
    }
    try await check(jobs) { page, _ in
      try await page.open()
      let shown = try await page.wait(for: "rows") { $0.rows.count == names.count }
      #expect(shown.rows.map(\.name) == names)
      #expect(shown.rows.map(\.user) == names.map { $0.trimmingCharacters(in: .whitespaces) })
      for index in names.indices {
        try await page.browser.click("#rows tr:nth-child(\(index + 1)) .open")
        let details = try await page.wait(for: "the details of \(names[index])") {
          $0.details?.contains("Row schemas") ?? false
        }
        #expect(details.details?.contains(names[index]) ?? false)
        try await page.browser.press(.escape)
      }
      #expect(try await page.browser.run("return window.hit ?? 0") == 0)
      #expect(try await page.browser.run("return document.querySelectorAll('main :is(img, script)').length") == 0)
      // And should the page ever be changed to parse a text as HTML, the browser refuses.
      let attempt =
        "try { document.body.insertAdjacentHTML('beforeend', '<b>'); return 'parsed' } catch { return 'refused' }"
      #expect(try await page.browser.run(attempt) == "refused")
    }
  }

  /// What changes is told to those who do not see it.
  @Test func changesAreAnnounced() async throws {
    try await check { page, router in
      let live = "return document.getElementById('live').textContent"
      try await page.open("user=alice&job=101")
      try await page.wait(for: "the details") { $0.details?.contains("Row schemas") ?? false }
      #expect(try await page.browser.run(live) == "4 jobs.")
      #expect(try await page.browser.run("return document.title") == "3 jobs · LDMS metric router")
      router.show([StandInJobs.job("alice", "101", state: .silent)] + StandInJobs.few.dropFirst())
      try await eventually("that the job is said to be silent", within: .seconds(20)) {
        try await page.browser.run(live) == "Job 101 of alice is silent."
      }
    }
  }

  @Test func theConnectionIsLostAndBack() async throws {
    try await check { page, router in
      try await page.open()
      try await page.rows(are: initial)
      try await page.goesOn {
        router.stop()
      } start: {
        try router.start()
      }
    }
  }

  @Test func aTokenIsAskedFor() async throws {
    try await check(token: "correct-horse-battery") { page, _ in
      try await page.asks(for: "correct-horse-battery", thenShows: initial)
    }
  }

  @Test func aPhoneShowsCards() async throws {
    let long = String(repeating: "long-name-", count: 12)
    let jobs = StandInJobs.few + [StandInJobs.job(long, "106", name: long, nodes: [long, "\(long)2"], minutes: 1)]
    try await check(jobs) { page, _ in try await page.fitsPhone() }
  }

  @Test func manyJobsComeInPages() async throws {
    let jobs = (0..<250).map { StandInJobs.job("u\($0 % 20)", "\(1000 + $0)", minutes: Int64($0) + 1) }
    try await check(jobs) { page, router in
      let range = "return document.getElementById('range').textContent"
      try await page.open()
      try await page.wait(for: "a page") { $0.rows.count == 100 && $0.rows[0].job == "1000" }
      #expect(try await page.browser.run(range) == "1 to 100 of 250")
      try await page.browser.click("#next")
      try await page.wait(for: "the second page") { $0.rows.count == 100 && $0.rows[0].job == "1100" }
      #expect(try await page.browser.run(range) == "101 to 200 of 250")
      try await page.browser.click("#next")
      try await page.wait(for: "the last page") { $0.rows.count == 50 }
      // Not more than one page each 2 s, and never without a limit.
      func next() async throws -> ContinuousClock.Instant {
        let before = router.state.withLock { $0.queries.count }
        try await eventually("another query", within: .seconds(20)) {
          router.state.withLock { $0.queries.count } > before
        }
        return .now
      }
      let first = try await next()
      let pause = try await next() - first
      #expect(pause > .milliseconds(1700), "a query after \(pause)")
      #expect(router.state.withLock { $0.queries }.allSatisfy { $0["limit"] == "100" })
      // The page that is open may be gone when jobs have ended.
      router.show(Array(jobs.prefix(120)))
      try await page.wait(for: "what is now the last page") { $0.rows.count == 20 }
    }
  }

  /// What it shows is the past while the router catches up, and no line is moved by saying so.
  @Test func catchingUpIsReported() async throws {
    try await check { page, router in
      try await page.open()
      try await page.rows(are: initial)
      let top = "return document.querySelector('#rows tr').getBoundingClientRect().top"
      let before = try await page.browser.run(top, as: Double.self)
      router.state.withLock { state in
        state.totals.isBehind = true
        state.totals.time = Int64(Date().timeIntervalSince1970 * 1000) - 1_800_000
      }
      let behind = "A router is catching up with its input, or is down; this is the state at "
      let shown = try await page.wait(for: "that it is behind") { $0.notices.contains(behind) }
      #expect(shown.notices.contains("30 min ago"), "\(shown.notices)")
      #expect(shown.totals["Input lag"] == "30 min")
      #expect(try await page.browser.run(top) == before)
    }
  }

  /// A recording is played: its ages are told by its own clock, and its times have a date.
  @Test func oldRowsAreSaidToBeOld() async throws {
    let ago: Int64 = 510_263_000
    let jobs = StandInJobs.few.map { StandInJobs.moved($0, milliseconds: -ago) }
    try await check(jobs) { page, router in
      try await page.open()
      let shown = try await page.wait(for: "that the rows are old") { $0.notices.contains("is this a recording?") }
      #expect(
        shown.notices.contains(/The rows are of \d+ \w+(?: \d+)?, \d\d:\d\d:\d\d, 5 d 21 h ago/), "\(shown.notices)")
      #expect(!shown.notices.contains("catching up"))
      try await page.details(of: "alice/101", say: ["Runs for", " min", "420 ms"])
      let started = try await page.browser.run(
        "return document.querySelector('#rows td.started span').textContent", as: String.self)
      #expect(started.contains(","), "a date: \(started)")
      // Nothing is said of rows that are as new as rows are.
      router.show(StandInJobs.few)
      try await page.wait(for: "rows of now") { $0.notices.isEmpty }
    }
  }

  /// What is not known is no 0, and what was is not what is.
  @Test func onlyWhatHoldsIsShownAsNow() async throws {
    var jobs = StandInJobs.few
    jobs[1].rowsPerSecond = nil
    jobs[1].schemas[0].rowsPerSecond = nil
    try await check(jobs) { page, _ in
      try await page.open("state=active,silent,ended&sort=user")
      let shown = try await page.wait(for: "all jobs") { $0.rows.count == 5 }
      let rows = Dictionary(uniqueKeysWithValues: shown.rows.map { ($0.key, $0) })
      #expect(rows["alice/104"]?.rate == "–" && rows["alice/104"]?.load == "0.50")
      #expect(rows["bob/105"]?.rate == "0" && rows["bob/105"]?.load == "–", "silent")
      let ended = try #require(rows["carol/103"])
      #expect((ended.rate, ended.load, ended.memory) == ("–", "–", "–"))
      try await page.open("user=carol&job=103")
      let details = try await page.wait(for: "the details") { $0.details?.contains("Ran for") == true }.details ?? ""
      #expect(!details.contains("75 %"), "memory of a job that has ended: \(details)")
    }
  }

  /// The same words as `DurationWords` and `NodeList.text` have.
  @Test func durationsAndNodesReadAsElsewhere() async throws {
    try await check { page, _ in
      try await page.open()
      let script = """
        return import('./page/format.js').then(({ duration, age, hostlist }) =>
          [0, 420, 1999, 70e3, 3599e3, 3600e3, 7500e3, 86399e3, 86400e3, 510263e3].map(duration)
            .concat([age(-5), age(999), age(1000), hostlist(NODES)]));
        """
      let nodes = ["c1", "c2", "c10", "c001", "n01", "n02", "n10", "login", "k0", "k9", "k10"]
      let list = "[" + nodes.map { "'\($0)'" }.joined(separator: ",") + "]"
      let shown = try await page.browser.run(script.replacing("NODES", with: list), as: [String].self)
      let milliseconds: [Int64] = [
        0, 420, 1999, 70_000, 3_599_000, 3_600_000, 7_500_000, 86_399_000, 86_400_000, 510_263_000,
      ]
      #expect(
        shown == milliseconds.map { DurationWords.text(milliseconds: $0) } + ["now", "now", "1 s"]
          + [NodeList.text(of: nodes.map { Name($0) })])
    }
  }

  @Test func theThemeIsTheSystemsOrChosenAndMotionIsSpared() async throws {
    let ground = "return getComputedStyle(document.documentElement).backgroundColor"
    try await check { page, _ in
      try await page.browser.prefer("prefers-color-scheme", "light")
      try await page.open()
      let light = try await page.browser.run(ground, as: String.self)
      try await page.browser.prefer("prefers-color-scheme", "dark")
      let dark = try await page.browser.run(ground, as: String.self)
      #expect(light != dark)
      try await page.browser.click("#theme")
      try await page.browser.click("#theme")
      #expect(try await page.browser.run(ground) == light)
      try await page.open()
      #expect(try await page.browser.run(ground) == light, "remembered")
      try await page.rows(are: initial)
      let motion = "return getComputedStyle(document.querySelector('.dot')).animationName"
      #expect(try await page.browser.run(motion) == "breathe")
      try await page.browser.prefer("prefers-reduced-motion", "reduce")
      #expect(try await page.browser.run(motion) == "none")
    }
  }
}
