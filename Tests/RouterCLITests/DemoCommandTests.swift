import Foundation
import TestSupport
import Testing

/// `router demo` as a newcomer runs it.
@Suite struct DemoCommandTests {
  @Test(.timeLimit(.minutes(2))) func everyRowFindsItsUserAndJob() async throws {
    let demo = try await RouterProgram.run(
      ["demo", "--speed", "1000"], directory: Repository.root.path, within: .seconds(100))
    #expect(demo.status == .exited(0))
    #expect(demo.errorText.isEmpty)
    let lines = demo.outputText.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.contains(["in", "4,671"]))
    #expect(lines.contains(["routed", "4,671"]))
    #expect(lines.contains(["dead-lettered", "0"]))
    // Counted in the recording itself, by the producers in its rows.
    for (user, job, nodes, rows) in [
      ("userA", "101", "c2", "429"), ("userA", "104", "c[1-2]", "1,430"), ("userB", "102", "c3", "923"),
      ("userB", "105", "c3", "416"), ("userC", "103", "c1", "1,473"),
    ] {
      #expect(
        lines.contains {
          $0.prefix(5) == [user, job, nodes, "ended", rows] && $0.last == "ldms.user.\(user).job.\(job)"
        }, "\(user) \(job)")
    }
    #expect(!demo.outputText.contains("\u{1B}"), "no terminal, no escapes")
  }

  @Test(.timeLimit(.minutes(2))) func keepStaysUpForAnyClientUntilItIsStopped() async throws {
    let demo = try RouterProgram.start(["demo", "--speed", "1000", "--keep"], directory: Repository.root.path)
    try await demo.waitForOutput("the kcat line", within: .seconds(100)) { $0.contains("kcat -b ") }
    let line = try #require(demo.outputText.split(separator: "\n").first { $0.contains("kcat -b ") })
    #expect(line.contains("-t ldms.user.userA.rows"))
    if FileManager.default.isExecutableFile(atPath: "/usr/bin/kcat") {
      let kcat = try await RunningProcess.run("/bin/sh", ["-c", String(line)], within: .seconds(60))
      let keys = kcat.outputText.split(separator: "\n").map { $0.prefix { $0 != " " } }
      #expect(keys.count >= 1859, "and those of the next round")
      #expect(Set(keys).count == keys.count)
      #expect(!kcat.outputText.contains("\"producer\":\"userB"))
    }
    // It goes round: jobs that ended run again, and their rows are of now.
    let port = try #require(
      demo.outputText.firstMatch(of: /as they run: http:\/\/127\.0\.0\.1:(\d+)\//).flatMap { UInt16($0.output.1) })
    try await eventually("rows of now", within: .seconds(60)) {
      let answer = try await blocking { try RawResponse.get("/v1/jobs/101?user=userA", port: port) }
      guard let rows = answer.body.firstMatch(of: /"rows": ?(\d+)/).flatMap({ Int($0.output.1) }), rows > 440,
        let last = answer.body.firstMatch(of: /"last_?[rR]ow": ?"([0-9T:.-]+)Z"/),
        let time = try? Date("\(last.output.1.prefix(19))Z", strategy: .iso8601)
      else {
        try await Task.sleep(for: .milliseconds(200))
        return false
      }
      return abs(time.timeIntervalSinceNow) < 30 && answer.body.contains("\"active\"")
    }
    let status = try await demo.terminate(within: .seconds(20))
    #expect(status == .exited(0))
  }

  @Test func aRecordingThatDoesNotExistIsNamed() async throws {
    let demo = try await RouterProgram.run(["demo", "--recording", "/nowhere"])
    #expect(demo.status == .exited(66))
    #expect(demo.errorText.contains("/nowhere"))
  }
}
