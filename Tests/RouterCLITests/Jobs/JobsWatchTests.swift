import Glibc
import Kafka
import MetricRouter
import TestSupport
import Testing

@testable import RouterCLI

/// `router jobs --watch` on a terminal.
@Suite(.serialized, .timeLimit(.minutes(1))) struct JobsWatchTests {
  private func watched(_ body: @Sendable @escaping () throws -> Void) async throws {
    try await onOwnThread { try body() }
  }

  private static func settings(_ descriptor: Int32) -> termios {
    var settings = termios()
    tcgetattr(descriptor, &settings)
    return settings
  }

  @Test func showsJobsUntilQ() async throws {
    try await watched {
      let watch = try WatchedJobs { FixedJobs(SomeJobs.all) }
      defer { watch.terminal.close() }
      try watch.wait(for: "jobs are shown") { $0.lines.contains { $0.hasPrefix("alice") } }
      #expect(watch.screen.isWhole && !watch.screen.cursorIsVisible)
      #expect(Self.settings(watch.terminal.terminal).c_lflag & tcflag_t(ECHO | ICANON) == 0)
      watch.terminal.type("q")
      #expect(try watch.end() == .success(.ok))
      let screen = watch.screen
      #expect(screen.lines == [] && !screen.isWhole && screen.cursorIsVisible)
      #expect(Self.settings(watch.terminal.terminal).c_lflag & tcflag_t(ECHO | ICANON) == tcflag_t(ECHO | ICANON))
    }
  }

  @Test func obeysKeys() async throws {
    try await watched {
      let watch = try WatchedJobs { FixedJobs(SomeJobs.many(50)) }
      defer { watch.terminal.close() }
      try watch.wait(for: "the first job") { $0.lines.count == 10 && $0.lines[3].contains("1001") }
      watch.terminal.type("jj\u{1B}[B")
      try watch.wait(for: "scrolled by three") { $0.lines[3].contains("1004") && $0.lines[9].hasSuffix("4-9 of 50") }
      watch.terminal.type("r")
      try watch.wait(for: "reversed") { $0.lines[3].contains("1050") && $0.lines[9].contains("user, reversed") }
      watch.terminal.type("s")
      try watch.wait(for: "sorted by job") { $0.lines[2].contains("JOB▴") && $0.lines[9].contains("sort: job  ") }
      watch.terminal.type("Q")
      #expect(try watch.end() == .success(.ok))
    }
  }

  @Test func followsTheSizeOfTheWindow() async throws {
    try await watched {
      let watch = try WatchedJobs(columns: 120, rows: 12, interval: .seconds(1000)) { FixedJobs(SomeJobs.many(50)) }
      defer { watch.terminal.close() }
      try watch.wait(for: "the first picture") { $0.lines.count == 12 && $0.lines[2].contains("NAME") }
      watch.terminal.resize(columns: 50, rows: 6)
      // Long before the next interval.
      // What is beside and below stays, on this screen: it does not know that the terminal has no such places any more.
      try watch.wait(for: "a smaller picture") { $0.lines[5].hasPrefix("q quit") && !$0.lines[2].contains("NAME") }
      watch.terminal.resize(columns: 100, rows: 20)
      try watch.wait(for: "a larger picture") { $0.lines.count == 20 && $0.lines[19].hasSuffix("1-16 of 50") }
      watch.terminal.type("q")
      #expect(try watch.end() == .success(.ok))
    }
  }

  @Test func followsTheIndex() async throws {
    try await watched {
      let watch = try WatchedJobs {
        let source = FixedJobs([SomeJobs.alice])
        source.steps = Array(repeating: .nothing, count: 20) + [.jobs([SomeJobs.carol])]
        return source
      }
      defer { watch.terminal.close() }
      try watch.wait(for: "the second index") { $0.lines.count == 10 && $0.lines[3].hasPrefix("carol") }
      watch.terminal.type("q")
      #expect(try watch.end() == .success(.ok))
    }
  }

  @Test func continuesWithoutBrokersAndSaysSo() async throws {
    try await watched {
      let watch = try WatchedJobs {
        let source = FixedJobs([SomeJobs.alice])
        source.steps = [.failure(.transport)]
        return source
      }
      defer { watch.terminal.close() }
      try watch.wait(for: "the trouble is told") {
        $0.lines.count == 10 && $0.lines[1].hasPrefix("no broker answers at")
      }
      #expect(watch.screen.lines[3].hasPrefix("alice"))
      watch.terminal.type("q")
      #expect(try watch.end() == .success(.ok))
    }
  }

  @Test func endsInOrderWhenAPermissionIsRevoked() async throws {
    try await watched {
      let watch = try WatchedJobs {
        let source = FixedJobs([SomeJobs.alice])
        source.steps = [.failure(.topicAuthorizationFailed)]
        return source
      }
      defer { watch.terminal.close() }
      guard case .failure(let failure) = try watch.end() else {
        Issue.record("it has to fail")
        return
      }
      #expect(failure.exitCode == .refused)
      #expect(!watch.screen.isWhole && watch.screen.cursorIsVisible)
    }
  }

  @Test func doesWithoutKeys() async throws {
    try await watched {
      let watch = try WatchedJobs(hasKeys: false) {
        let source = FixedJobs(SomeJobs.all)
        source.steps = Array(repeating: .nothing, count: 100) + [.failure(.topicAuthorizationFailed)]
        return source
      }
      defer { watch.terminal.close() }
      try watch.wait(for: "jobs are shown") { $0.lines.count == 10 && $0.lines[9] == "Ctrl-C ends" }
      watch.terminal.type("q")
      // The key is not read; it ends by the error.
      guard case .failure = try watch.end() else {
        Issue.record("it has to fail")
        return
      }
    }
  }

  /// Every frame but the first moves to the top, and none clears the whole screen: that flickers.
  @Test func neitherFlickersNorScrolls() async throws {
    try await watched {
      let watch = try WatchedJobs(interval: .milliseconds(100)) { FixedJobs(SomeJobs.many(50)) }
      defer { watch.terminal.close() }
      try watch.wait(for: "some pictures") { $0.lines.count == 10 }
      var bytes = ""
      try eventuallyBlocking("four frames") {
        bytes += watch.terminal.readAvailable()
        return bytes.split(separator: "\u{1B}[H").count > 4
      }
      watch.terminal.type("q")
      _ = try watch.end()
      #expect(!bytes.contains("\u{1B}[2J") && !bytes.contains("\n\u{1B}[H"))
      #expect(bytes.contains("\u{1B}[H"))
      for frame in bytes.split(separator: "\u{1B}[H").dropFirst().dropLast() {
        #expect(frame.count { $0 == "\r\n" } == 9)
      }
    }
  }
}
