import Foundation
import TestSupport
import Testing

@testable import RouterCLI

/// What the program prints where systemd's journal takes it.
@Suite(.timeLimit(.minutes(1))) struct JournalTests {
  /// Runs the program with a standard error that systemd says is the journal.
  private func start(_ words: String, listen: String = "off") throws -> RunningProcess {
    // The pipe's own numbers, which are known once it is there.
    let script = "JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec \(RouterProgram.path) \(words)"
    return try RunningProcess("/bin/sh", ["-c", script], environment: ["ROUTER_HTTP_LISTEN": listen])
  }

  @Test func failuresHaveAPriority() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("nonsense: 1\n", to: "router.yaml")
    let process = try start("run --config \(file)")
    #expect(try await process.wait(within: .seconds(20)) == .exited(78))
    #expect(process.errorText.hasPrefix("<3>router: "), "\(process.errorText)")
    for line in process.errorText.split(separator: "\n") { #expect(line.hasPrefix("<3>"), "\(line)") }
  }

  @Test func theLogHasPrioritiesAndNoTimes() async throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      #"""
      {"type":"static","rows":[{"schema":"mine","cols":[{"src":"timestamp","type":"ts"}]},
       {"schema":"ours","cols":[{"src":"job_id","type":"u64"}]},
       {"schema":"other","cols":[{"src":"producer","type":"char_array"}]}]}
      """#, to: "decomp.json")
    let topics = Repository.root.appending(path: "topics").path
    try directory.write(
      "kafka: {bootstrap.servers: 127.0.0.1:1}\ntopics: {directory: \(topics)}\n", to: "router.yaml")
    let process = try start("run --config \(directory.path)/router.yaml", listen: "0.0.0.0:0")
    try await eventually("the start is logged", within: .seconds(20)) {
      process.errorText.contains("<6>info router starts version=")
    }
    #expect(
      process.errorText.contains(
        "http.listen: other machines can connect to 0.0.0.0:0, and without http.token-file all of them can see the jobs of all users"
      ),
      "\(process.errorText)")
    // What check would warn of is in the log as well.
    #expect(
      process.errorText.contains(
        "<4>warning all rows of some row schemas will be dead-lettered schemas=mine reason=no-identity "),
      "\(process.errorText)")
    #expect(
      process.errorText.contains(
        "<4>warning rows of some row schemas name no user, and no topic of Slurm's messages is read (jobs.events)"
          + " schemas=ours "), "\(process.errorText)")
    _ = try await process.terminate(within: .seconds(30))
    for line in process.errorText.split(separator: "\n") {
      #expect(line.wholeMatch(of: /<[3467]>(error|warning|info|debug) .*/) != nil, "\(line)")
    }
  }
}
