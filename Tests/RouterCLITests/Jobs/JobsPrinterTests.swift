import Foundation
import MetricRouter
import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import RouterCLI

/// `router jobs` printed once, and where nothing can be redrawn.
struct JobsPrinterTests {
  private func request(_ words: String...) throws -> JobsRequest {
    guard case .run(_, let arguments) = try CommandLineParser.parse(["jobs"] + words, root: Router.command) else {
      throw CommandFailure(.usage, "not a command")
    }
    return try JobsRequest(arguments)
  }

  private func context(_ output: Terminal = .none) -> CommandContext {
    CommandContext(
      root: Router.command, version: "", output: Output(capturingFor: output), errors: Output(capturingFor: .none),
      environment: [:])
  }

  @Test func aPipeGetsTheTableAlone() throws {
    let context = context()
    var totals = SomeJobs.totals
    totals.isBehind = true
    let source = FixedJobs(SomeJobs.all, totals: totals)
    try JobsPrinter(source, try request(), context).print()
    let lines = context.output.text.split(separator: "\n")
    #expect(lines.map { $0.prefix(5) } == ["USER ", "alice", "bob  ", "carol"])
    #expect(context.errors.text.hasPrefix("a router is catching up with its input, or is down; this is the state at "))
    #expect(source.queries.last == JobQuery(states: [.active, .silent]))
  }

  @Test func aTerminalGetsTotals() throws {
    let context = context(Terminal(columns: 100, rows: 24, usesColours: false))
    try JobsPrinter(FixedJobs(SomeJobs.all), try request("--limit", "2"), context).print()
    let lines = context.output.text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    #expect(
      lines[3...5] == ["", "Jobs 1 to 2 of 3.", "3 active, 1 silent, 1 ended · 3 users · 6 nodes · 1,234 rows/s"])
  }

  @Test func saysThatThereIsNothing() throws {
    let context = context()
    try JobsPrinter(FixedJobs(SomeJobs.all), try request("--user", "mallory"), context).print()
    #expect(context.output.text == "")
    #expect(context.errors.text.hasPrefix("There are no jobs of user 'mallory'.\n"))
  }

  @Test func scriptsGetOneDocument() throws {
    let context = context()
    try JobsPrinter(FixedJobs(SomeJobs.all + [SomeJobs.hostile]), try request("--json"), context).print()
    let document = try JSONSerialization.jsonObject(with: Data(context.output.text.utf8)) as? [String: Any]
    let jobs = try #require(document?["jobs"] as? [[String: Any]])
    #expect(jobs.map { $0["job"] as? String } == ["4711", "4712", "c4-run", "99\n1"])
    #expect(document?["total"] as? Int == 4)
    #expect((document?["totals"] as? [String: Any])?["active"] as? Int == 3)
    #expect(!context.output.text.contains("\u{1B}"))
    let empty = self.context()
    try JobsPrinter(FixedJobs([]), try request("--json"), empty).print()
    let none = try JSONSerialization.jsonObject(with: Data(empty.output.text.utf8)) as? [String: Any]
    #expect((none?["jobs"] as? [Any])?.isEmpty == true && empty.errors.text == "")
  }

  @Test func oneJobIsADocumentToo() throws {
    let context = context()
    try JobsPrinter(FixedJobs(SomeJobs.all), try request("4711", "--json"), context).print()
    let document = try JSONSerialization.jsonObject(with: Data(context.output.text.utf8)) as? [String: Any]
    let job = try #require(document?["job"] as? [String: Any])
    #expect((job["schemas"] as? [Any])?.count == 2 && (job["node_details"] as? [Any])?.count == 3)
    #expect(document?["totals"] != nil)
    #expect(JSONNames.inOtherStyle(context.output.text, except: ["values"]).isEmpty)
  }

  @Test func changesAreLines() throws {
    let context = context()
    let source = FixedJobs(SomeJobs.all)
    let printer = JobsPrinter(source, try request("--json", "--watch"), context)
    for _ in 0..<3 { try printer.print() }
    #expect(context.output.text.split(separator: "\n").count == 1)
    source.jobs.removeFirst()
    for _ in 0..<3 { try printer.print() }
    #expect(context.output.text.split(separator: "\n").count == 2)
  }

  @Test func tablesThatAreRepeatedHaveALineBetween() throws {
    let context = context()
    let printer = JobsPrinter(FixedJobs([SomeJobs.alice]), try request("--watch"), context)
    for _ in 0..<2 { try printer.print() }
    let lines = context.output.text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.prefix(5) }
    #expect(lines == ["USER ", "alice", "", "USER ", "alice", "", ""])
    // Of long ago, by the clock: said once.
    #expect(context.errors.text.split(separator: "\n").count == 1)
  }

  @Test(arguments: [
    (["--state", "aktive"], "--state cannot be 'aktive'"),
    (["--state", "active,,ended"], "--state cannot be 'active,,ended'"),
    (["--state", "active,"], "--state cannot be 'active,'"),
    (["--sort", "size"], "--sort cannot be 'size'"),
    (["--limit", "0"], "--limit cannot be '0'"),
    (["--interval", "2s"], "--interval needs --watch"),
    (["--interval", "1ms", "--watch"], "--interval cannot be '1ms'"),
    (["4711", "--state", "active"], "--state selects from the list of jobs, but JOB names one"),
    (["4711", "--sort", "load"], "--sort selects from the list of jobs, but JOB names one"),
    (["4711", "--limit", "3"], "--limit selects from the list of jobs, but JOB names one"),
    (["4711", "4712"], "unexpected argument '4712'"),
    ([""], "JOB cannot be ''"),
  ])
  func nonsenseIsAUsageError(_ words: [String], _ message: String) throws {
    let outcome = try RouterExecutable.run(executable: RouterExecutable.url, ["jobs"] + words)
    #expect(outcome.errors.hasPrefix("router: \(message)\n"), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.exitCode == 64)
  }

  @Test func readsWhatIsAskedFor() throws {
    let all = try request("--user", "alice", "--state", "ended,active", "--node", "c1", "--sort", "load", "--reverse")
    #expect(
      all.subject
        == .list(
          JobQuery(
            user: Name("alice"), states: [.active, .ended], node: Name("c1"), order: .load, isReversed: true)))
    #expect(all.interval == nil)
    #expect(try request("--watch").interval == .seconds(1))
    #expect(try request("-w", "--interval", "5s").interval == .seconds(5))
    #expect(try request("7", "--user", "alice").subject == .one(Name("7"), user: Name("alice")))
  }
}
