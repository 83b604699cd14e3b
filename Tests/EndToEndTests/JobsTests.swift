import Foundation
import Kafka
import MetricRouter
import TestSupport
import Testing

/// `router jobs` beside `router run`, on real Kafka.
@Suite(.requiresKafka, .timeLimit(.minutes(5))) struct JobsTests {
  /// A router that has routed the recording, and goes on.
  private struct Site {
    let stage: Stage
    let file: RouterFile
    let router: RunningProcess

    init() async throws {
      let stage = try Stage(try await KafkaCluster.shared(.one))
      self.stage = stage
      let rows = try stage.rows(of: .recording)
      try await blocking {
        try stage.makeInputs(rows)
        try stage.feed(rows)
      }
      file = try RouterFile(stage)
      router = try file.start()
      try await file.waitForCommit(rows, by: [router])
      // The index follows the rows a little later.
      try await eventually("all jobs are in the index", within: .seconds(30)) {
        try await jobs("--state", "active,silent,ended").outputText.split(separator: "\n").count
          == JobsTests.allJobs.count + 1
      }
    }

    func jobs(_ words: String...) async throws -> RunningProcess {
      try await RouterProgram.run(["jobs", "--config", file.path] + words)
    }

    /// On a terminal of a process group of its own, as from a shell.
    func onTerminal(_ words: String) throws -> RunningProcess {
      let line = "stty rows 12 cols 100; exec \(RouterProgram.path) jobs --config \(file.path) \(words)"
      return try RunningProcess(
        "/usr/bin/script", ["-qfec", line, "/dev/null"], environment: ["TERM": "xterm", "LANG": "C.UTF-8"],
        input: .written)
    }
  }

  /// Every job of the recording, from the router that is running.
  private static let allJobs = ["userA/101", "userA/104", "userB/102", "userB/105", "userC/103"]

  @Test func showsWhatARouterPublishes() async throws {
    let site = try await Site()
    let states = ["--state", "active,silent,ended"]
    try await eventually("all jobs are in the index", within: .seconds(30)) {
      try await site.jobs(states[0], states[1]).outputText.split(separator: "\n").count == Self.allJobs.count + 1
    }
    let json = try await site.jobs("--state", "active,silent,ended", "--json")
    let document = try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any]
    let jobs = try #require(document?["jobs"] as? [[String: Any]])
    #expect(jobs.map { "\($0["user"] ?? "")/\($0["job"] ?? "")" } == Self.allJobs)
    #expect(jobs.reduce(0) { $0 + ($1["rows"] as? Int ?? 0) } == 4671)

    let one = try await site.jobs("104")
    #expect(one.status == .exited(0))
    #expect(one.outputText.hasPrefix("Job 104 of userA: "))
    #expect(one.outputText.contains("\nROW SCHEMA"))
    #expect(one.outputText.contains("\(site.stage.prefix).user.userA.job.104\n"))

    let missing = try await site.jobs("999")
    #expect(missing.status == .exited(66))
    #expect(missing.errorText.hasPrefix("router: there is no job '999'\n  There are the jobs 101, "))
    let user = try await site.jobs("--user", "usrA")
    #expect(user.status == .exited(0) && user.outputText.isEmpty)
    #expect(user.errorText.hasPrefix("There are no jobs of user 'usrA'. Did you mean userA?\n"))
    try await site.file.stop([site.router])
  }

  @Test func isLiveOnATerminal() async throws {
    let site = try await Site()
    let watch = try site.onTerminal("--watch --state active,silent,ended")
    try await eventually("the jobs are shown", within: .seconds(30)) { watch.outputText.contains("userC") }
    #expect(watch.outputText.contains("\u{1B}[?1049h"))
    try watch.write("s")
    try await eventually("sorted by job", within: .seconds(10)) { watch.outputText.contains("s sort: job") }
    try watch.write("q")
    #expect(try await watch.wait(within: .seconds(20)) == .exited(0))
    #expect(watch.outputText.hasSuffix("\u{1B}[?1049l\u{1B}[?25h"))

    // Ctrl-C by the terminal's driver.
    let interrupted = try site.onTerminal("--watch")
    try await eventually("a picture", within: .seconds(30)) { interrupted.outputText.contains("q quit") }
    try interrupted.write("\u{3}")
    #expect(try await interrupted.wait(within: .seconds(20)) == .exited(130))
    #expect(interrupted.outputText.hasSuffix("\u{1B}[?1049l\u{1B}[?25h"))
    try await site.file.stop([site.router])
  }

  @Test func watchingWaitsForTheFirstJobs() async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, 1) }))
    try stage.makeTopics([stage.jobIndex: 1], settings: ["cleanup.policy": "compact"])
    let file = try RouterFile(stage)
    let once = try await RouterProgram.run(["jobs", "--config", file.path])
    #expect(once.status == .exited(66))
    #expect(once.errorText.hasPrefix("router: no router has published jobs in \(stage.jobIndex) yet\n"))
    let watch = try RouterProgram.start(["jobs", "--config", file.path, "--watch"])
    try await eventually("that it says that it waits", within: .seconds(20)) {
      watch.errorText.contains("no router has published jobs yet; waiting")
    }
    let live = try LiveRows(stage, ["userA:101:c1"], partitions: 1)
    let router = try file.start()
    try await watch.waitForOutput("the first job", within: .seconds(30)) { $0.contains("userA") }
    try await live.stop()
    watch.signal(SIGTERM)
    #expect(try await watch.wait(within: .seconds(20)) == .exited(143))
    try await file.stop([router])
  }

  @Test func linesOfJSONGoOnUntilTheReaderGoes() async throws {
    let site = try await Site()
    let watch = try RouterProgram.start(["jobs", "--config", site.file.path, "--watch", "--json"])
    try await eventually("some lines", within: .seconds(30)) {
      watch.outputText.split(separator: "\n").count >= 1
    }
    watch.signal(SIGTERM)
    #expect(try await watch.wait(within: .seconds(20)) == .exited(143))
    for line in watch.outputText.split(separator: "\n") {
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
    }
    try await site.file.stop([site.router])
  }
}
