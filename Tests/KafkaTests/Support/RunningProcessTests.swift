import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct RunningProcessTests {
  @Test func collectsBothOutputsOfAProcessThatPrintsMuch() async throws {
    // Far more than a pipe holds, to both, in turn.
    let script = "i=0; while [ $i -lt 3000 ]; do printf %0100d 0; printf %0100d 1 >&2; i=$((i+1)); done; exit 3"
    let process = try await RunningProcess.run("sh", ["-c", script])
    #expect(process.status == .exited(3))
    #expect(process.output == [UInt8](repeating: UInt8(ascii: "0"), count: 300_000))
    #expect(process.errors.count == 300_000)
  }

  @Test func handsOverInputOfAnySize() async throws {
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
    #expect(try await RunningProcess.run("cat", input: .bytes(bytes)).output == bytes)
  }

  @Test func survivesAProcessThatDoesNotRead() async throws {
    let process = try await RunningProcess.run("true", input: .bytes([UInt8](repeating: 0, count: 1_000_000)))
    #expect(process.status == .exited(0))
  }

  @Test func talksToAProcess() async throws {
    let process = try RunningProcess("cat", input: .written)
    try process.write("one\n")
    try await process.waitForOutput("an echo") { $0 == "one\n" }
    #expect(process.status == nil)
    process.closeInput()
    #expect(try await process.wait() == .exited(0))
  }

  @Test func changesTheEnvironmentAndTheDirectory() async throws {
    let directory = try TemporaryDirectory()
    let process = try await RunningProcess.run(
      "sh", ["-c", "pwd; echo $GREETING; echo ${HOME-no home}"], environment: ["GREETING": "hello", "HOME": nil],
      directory: directory.path)
    #expect(process.outputText == "\(directory.path)\nhello\nno home\n")
  }

  @Test func handsDownNoOpenFilesAndNoBlockedSignals() async throws {
    let open = FileHandle(forReadingAtPath: "/dev/null")
    let files = try await RunningProcess.run("ls", ["/proc/self/fd"])
    withExtendedLifetime(open) {}
    // 3 is the directory that ls reads.
    #expect(files.outputText == "0\n1\n2\n3\n")
    let status = try await RunningProcess.run("grep", ["^SigBlk", "/proc/self/status"])
    #expect(status.outputText == "SigBlk:\t0000000000000000\n")
  }

  @Test func tellsASignalFromACode() async throws {
    let process = try RunningProcess("sleep", ["600"])
    #expect(try await process.terminate() == .signalled(SIGTERM))
  }

  @Test func killsAProcessThatIgnoresBeingAsked() async throws {
    let process = try RunningProcess("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"])
    try await process.waitForOutput("readiness") { $0 == "ready\n" }
    #expect(try await process.terminate(within: .milliseconds(100)) == .signalled(SIGKILL))
  }

  @Test func saysWhatItWaitedForUnsuccessfully() async throws {
    let process = try RunningProcess("sh", ["-c", "echo so far; sleep 600"])
    try await process.waitForOutput("a line") { !$0.isEmpty }
    let error = await #expect(throws: TimedOut.self) { try await process.wait(within: .milliseconds(50)) }
    #expect("\(try #require(error))".contains("sleep 600 (still running)\noutput: …so far"))
    let early = try await RunningProcess.run("echo", ["other"])
    await #expect(throws: EndedEarly.self) { try await early.waitForOutput("more") { $0.contains("more") } }
  }

  @Test func throwsWhenThereIsNoSuchProgram() throws {
    let error = try #require(throws: SystemError.self) { try RunningProcess("no-such-program") }
    #expect("\(error)" == "cannot start no-such-program: No such file or directory")
  }

  @Test func takesItsProcessesWithIt() async throws {
    let directory = try TemporaryDirectory()
    var process: RunningProcess? = try RunningProcess(
      "sh", ["-c", "sleep 600 & echo $! > pid; wait"], directory: directory.path)
    let file = directory.path + "/pid"
    try await eventually("the id of the grandchild") {
      (try? String(contentsOfFile: file, encoding: .utf8))?.hasSuffix("\n") == true
    }
    let id = try #require(pid_t(String(contentsOfFile: file, encoding: .utf8).dropLast()))
    #expect(kill(id, 0) == 0)
    withExtendedLifetime(process) {}
    process = nil
    try await eventually("the end of the grandchild") { kill(id, 0) != 0 || Self.isZombie(id) }
  }

  private static func isZombie(_ id: pid_t) -> Bool {
    (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8))?.contains(") Z ") == true
  }
}
