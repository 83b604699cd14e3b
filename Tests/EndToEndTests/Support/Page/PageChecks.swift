import TestSupport
import Testing

/// What has to hold for the page, whatever router serves it: one that stands in, or `router run`.
///
/// Jobs are named as `alice/101`. Each check begins with the page open and leaves it so.
struct PageChecks {
  let browser: Browser
  /// Where the router's HTTP is: `http://127.0.0.1:9464/`.
  let address: String

  /// Opens the page again, in the view that the address after `#` says.
  func open(_ view: String = "") async throws {
    // To another document first: a change behind the # alone would not load the page.
    try await browser.open("about:blank")
    try await browser.open(view.isEmpty ? address : "\(address)#\(view)")
  }

  /// What the page shows now.
  func snapshot() async throws -> PageSnapshot { try await browser.run(PageSnapshot.script) }

  /// Waits until the page shows something.
  @discardableResult
  func wait(
    for what: String, within allowed: Duration = .seconds(20), _ condition: (PageSnapshot) -> Bool
  ) async throws -> PageSnapshot {
    let deadline = Deadline(within: allowed)
    while true {
      let shown = try await snapshot()
      if condition(shown) { return shown }
      if deadline.hasPassed { throw deadline.error(waitingFor: "\(what); the page shows \(shown)") }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Waits until exactly these rows are there, in this order.
  @discardableResult
  func rows(are jobs: [String]) async throws -> PageSnapshot {
    try await wait(for: "the rows \(jobs)") { $0.keys == jobs && $0.connection == "live" }
  }

  /// The text in the filter leaves these jobs; without it all are there again.
  func filter(_ text: String, leaves jobs: [String]) async throws {
    let before = try await snapshot().keys
    try await browser.click("#filter")
    try await browser.type(text, into: "#filter")
    try await rows(are: jobs)
    #expect(try await browser.run("return location.hash", as: String.self).hasPrefix("#q="))
    for _ in text { try await browser.press(.backspace) }
    try await rows(are: before)
  }

  /// A click on a column's header sorts by it, a second one the other way round.
  func sort(by column: String, _ title: String, gives jobs: [String], first direction: String) async throws {
    try await browser.click("th.\(column) button")
    try await rows(are: jobs)
    #expect(try await snapshot().order == "\(title) \(direction)")
    try await browser.click("th.\(column) button")
    try await rows(are: jobs.reversed())
    #expect(try await snapshot().order == "\(title) \(direction == "ascending" ? "descending" : "ascending")")
  }

  /// A click on a state's chip shows or hides its jobs.
  func toggle(_ state: String, leaves jobs: [String]) async throws {
    try await browser.click("#chips [data-state=\(state)]")
    try await wait(for: "the jobs without or with those that are \(state)") { Set($0.keys) == Set(jobs) }
  }

  /// A click on a job opens its details, with these texts in them, and its address; Escape closes them.
  func details(of job: String, say texts: [String]) async throws {
    let index = try #require(try await snapshot().keys.firstIndex(of: job))
    try await browser.click("#rows tr:nth-child(\(index + 1)) td.user")
    let parts = job.split(separator: "/")
    try await wait(for: "the details of \(job) with \(texts)") { shown in
      guard let details = shown.details else { return false }
      return texts.allSatisfy { details.contains($0) }
    }
    let hash = try await browser.run("return location.hash", as: String.self)
    #expect(hash.contains("user=\(parts[0])&job=\(parts[1])"), "\(hash)")
    #expect(try await browser.run("return document.querySelectorAll('#details svg.chart .line').length") == 3)
    try await browser.press(.escape)
    let shown = try await wait(for: "the details closed") { $0.details == nil }
    #expect(shown.focus == job, "the focus is where it came from")
  }

  /// Everything is reached without a mouse: the filter, the rows, the details and back.
  func keyboard(rows jobs: [String]) async throws {
    try await open()
    try await rows(are: jobs)
    try await browser.press(.tab)
    #expect(try await snapshot().focus == "skip")
    #expect(try await browser.sees("#skip"))
    try await browser.type("/")
    #expect(try await snapshot().focus == "filter")
    #expect(try await browser.run("return document.getElementById('filter').value", as: String.self) == "")
    try await browser.press(.down)
    #expect(try await snapshot().focus == jobs[0])
    try await browser.press(.down)
    #expect(try await snapshot().focus == jobs[1])
    try await browser.press(.up, .up)
    #expect(try await snapshot().focus == jobs[0])
    try await browser.press(.enter)
    try await wait(for: "the details of \(jobs[0])") { $0.details?.contains("Row schemas") ?? false }
    #expect(try await snapshot().focus == "details-title")
    try await browser.press(.escape)
    let shown = try await wait(for: "the details closed") { $0.details == nil }
    #expect(shown.focus == jobs[0])
  }

  /// While the router is away the page says so and keeps what it has; afterwards it goes on by itself.
  func goesOn(stop: () async throws -> Void, start: () async throws -> Void) async throws {
    let before = try await wait(for: "rows") { $0.connection == "live" && !$0.rows.isEmpty }
    try await stop()
    let lost = try await wait(for: "that the connection is lost") { $0.connection == "lost" }
    #expect(lost.notices.contains("Connection lost; retrying"), "\(lost.notices)")
    #expect(lost.keys == before.keys)
    try await start()
    // A router that has just started reads its index first. And by now the rows may be old, which is said.
    let back = try await wait(for: "the connection and the jobs", within: .seconds(60)) {
      $0.connection == "live" && $0.keys == before.keys
    }
    #expect(!back.notices.contains("onnection"), "\(back.notices)")
  }

  /// The page asks for the token, says where it is wrong, and keeps the right one until the tab is closed.
  func asks(for token: String, thenShows jobs: [String]) async throws {
    try await open()
    let asking = try await wait(for: "the question for the token") { $0.connection == "signed-out" }
    #expect(asking.focus == "token")
    #expect(try await browser.sees("#jobs") == false)
    try await browser.type("not-\(token)", into: "#token")
    try await browser.press(.enter)
    try await eventually("that the token is refused", within: .seconds(20)) {
      try await browser.run("return document.getElementById('token-refused').textContent", as: String.self)
        == "The router rejects this token."
    }
    try await browser.type(token, into: "#token")
    try await browser.press(.enter)
    try await rows(are: jobs)
    #expect(try await browser.run("return location.href", as: String.self).contains(token) == false)
    try await open()
    try await rows(are: jobs)
    #expect(try await browser.sees("#sign-in") == false)
  }

  /// On a phone rows are cards, and nothing reaches beyond the screen, the details included.
  func fitsPhone() async throws {
    try await browser.resize(width: 360, height: 780, isPhone: true)
    try await open()
    let shown = try await wait(for: "rows") { $0.connection == "live" && !$0.rows.isEmpty }
    try await nothingIsWide()
    #expect(try await browser.sees("#jobs thead") == false)
    #expect(try await browser.sees("#order"), "there are no headers to sort by")
    let card = try await browser.run(
      "const b = document.querySelector('#rows tr').getBoundingClientRect(); return [b.left, b.right, b.height]",
      as: [Double].self)
    #expect(card[0] >= 0 && card[1] <= 360 && card[2] > 100, "\(card)")
    try await browser.click("#rows tr td.job")
    try await wait(for: "the details") { $0.details?.contains("Row schemas") ?? false }
    try await nothingIsWide()
    let panel = "return Math.round(document.getElementById('details').getBoundingClientRect().width)"
    #expect(try await browser.run(panel) == 360)
    try await browser.click("#details .close")
    try await rows(are: shown.keys)
    try await browser.resize(width: 1280, height: 800)
  }

  private func nothingIsWide() async throws {
    #expect(try await browser.run("return document.documentElement.scrollWidth <= innerWidth", as: Bool.self))
  }
}
