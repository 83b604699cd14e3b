import Foundation
import MetricRouter
import TestSupport
import Testing

/// The page in a real browser, served by `router run` on a real broker.
@Suite(
  .requiresKafka,
  .enabled(
    if: Browser.isInstalled, "chromium and chromium-driver are not installed (or set CHROMIUM and CHROMEDRIVER)"),
  .timeLimit(.minutes(3))
) struct PageOnKafkaTests {
  private let byUser = ["userA/101", "userA/104", "userB/102", "userB/105", "userC/103"]

  @Test func theRecordedJobsAreShownAndTheRouterMayGoAndComeBack() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    let rows = InputRow.numbered(try stage.rows(of: .recording))
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let file = try RouterFile(stage)
    let port = try FreePort.pick()
    // Nothing of the recording ends while it is looked at.
    let environment: [String: String?] = [
      "ROUTER_INSTANCE": "page", "ROUTER_HTTP_LISTEN": "127.0.0.1:\(port)", "ROUTER_JOBS_SILENT_AFTER": "1h",
      "ROUTER_JOBS_ENDED_AFTER": "2h",
    ]
    var router = try RouterProgram.start(["run", "--config", file.path], environment: environment)
    try await file.waitForCommit(rows, by: [router])
    let browser = try await Browser()
    do {
      let page = PageChecks(browser: browser, address: "http://127.0.0.1:\(port)/")
      try await page.open()
      try await page.wait(for: "the five jobs") { Set($0.keys) == Set(byUser) && $0.connection == "live" }
      try await page.sort(by: "user", "User", gives: byUser, first: "ascending")
      try await page.filter("userb", leaves: ["userB/105", "userB/102"])
      try await page.filter("c2", leaves: ["userA/104", "userA/101"])
      try await page.details(of: "userA/104", say: ["c1", "c2", "\(stage.prefix).user.userA.job.104", "procstat2"])
      try await page.goesOn(
        stop: {
          router.kill()
          _ = try await router.wait(within: .seconds(10))
        },
        start: { router = try RouterProgram.start(["run", "--config", file.path], environment: environment) })
      let shown = try await page.snapshot()
      #expect(Set(shown.keys) == Set(byUser), "the index is back")
      #expect(shown.totals["Active jobs"] == "5")
    } catch {
      try await browser.end()
      router.kill()
      throw error
    }
    try await browser.end()
    try await file.stop([router])
  }
}
