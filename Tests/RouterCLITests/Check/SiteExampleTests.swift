import Foundation
import TestSupport
import Testing

/// The files in `examples/sites`, each with the decomposition of such a site, as `router check` sees them.
@Suite struct SiteExampleTests {
  /// A kind of site.
  struct Example: Sendable {
    /// The file, without its ending.
    var name: String
    /// A captured decomposition, below `Tests/Fixtures`; `nil` for the recording's.
    var decomposition: String?
    /// Whether nothing at all is to be said against it.
    /// What is said of it.
    var says: [String]
    /// A captured row, and what becomes of it.
    var row: String
    var topic: String
    var verdict: String
  }

  private static let examples = [
    Example(
      name: "named-samplers", says: ["by producer", "{user}:{job}:{node}"],
      row: #"{"timestamp":1795497251.002422,"producer":"userA:101:c2"}"#, topic: "meminfo", verdict: "malformed-row"),
    Example(
      name: "always-on", decomposition: "sites/always_on",
      says: [
        "by job_id; owner from Slurm's messages",
        "The owner of a job number, its nodes and its times come from Slurm's messages (hpc, hpc-job-start). A row waits up to 30s",
      ], row: Self.load(job: 1001), topic: "loadavg", verdict: "It depends on job 1001: `c2` is a host"),
    Example(
      name: "always-on", decomposition: "sites/always_on",
      says: ["Rows without a job number are counted as unassigned"],
      row: Self.load(job: 0), topic: "loadavg", verdict: "It would be counted as unassigned, and not copied"),
    Example(
      name: "sampler-policy", decomposition: "sites/smplrp",
      says: ["by instance; owner from Slurm's messages"],
      row: Self.load(job: 0).replacing("c2/loadavg", with: "c2/sp0-loadavg-1201"), topic: "loadavg",
      verdict: "It depends on job 1201: `c2` is a host"),
    Example(
      name: "one-topic", decomposition: "sites/one_topic",
      says: [
        "The input \"ldms\" is no row schema's topic: rows of all 7 row schemas are expected in it",
        "by job_id; owner from Slurm's messages",
      ], row: Self.load(job: 1101), topic: "ldms", verdict: "It depends on job 1101: `c2` is a host"),
    Example(
      name: "whole-nodes", decomposition: "sites/one_topic",
      says: ["Rows without a job number belong to the job that ran alone on their host at their time."],
      row: Self.load(job: 0), topic: "ldms", verdict: "It depends on its host and its time: the row has no job number"),
    Example(
      name: "as-is",
      says: [
        "by component_id where a row has it; owner from rows of jobid",
        "The owner of a job number, its nodes and its times come from rows of jobid.",
      ], row: #"{"timestamp":1796008243.901366,"component_id":7,"job_id":0,"app_id":0,"load1min":2}"#,
      topic: "loadavg_8be3781", verdict: "It depends on job 7"),
  ]

  /// A row as `always_on` and `one_topic` have it.
  private static func load(job: Int) -> String {
    #"{"timestamp":1796008556.001775,"hostname":"c2","instance":"c2/loadavg","component_id":2,"job_id":\#(job),"app_id":0,"#
      + #""load1min":2.0899999999999999,"load5min":3.5499999999999998,"load15min":3.8900000000000001,"runnable":2,"#
      + #""scheduling_entities":481,"newest_pid":19}"#
  }

  @Test(.timeLimit(.minutes(1)), arguments: examples.indices)
  func anExampleIsAcceptedAndDoesWhatItSays(_ number: Int) async throws {
    let example = Self.examples[number]
    let site = try CheckSite("")
    let file = Repository.root.appending(path: "examples/sites/\(example.name).yaml")
    try FileManager.default.removeItem(atPath: site.directory.path + "/router.yaml")
    try FileManager.default.copyItem(
      atPath: file.path(percentEncoded: false), toPath: site.directory.path + "/router.yaml")
    if let decomposition = example.decomposition {
      try FileManager.default.removeItem(atPath: site.directory.path + "/decomp.json")
      try FileManager.default.copyItem(
        atPath: Repository.fixtures.appending(path: "\(decomposition)/decomp.json").path(percentEncoded: false),
        toPath: site.directory.path + "/decomp.json")
    } else if example.name == "as-is" {
      try site.directory.write(#"{"type": "as_is"}"#, to: "decomp.json")
    }
    let check = try await site.run([])
    #expect(check.code == 0, "\(check.output)\(check.errors)")
    for words in example.says { #expect(check.output.contains(words), "\(words): \(check.output)") }
    let row = try site.directory.write(example.row, to: "row.json")
    let told = try await site.run(["--row", row, "--topic", example.topic])
    #expect(told.output.contains(example.verdict), "\(told.output)\(told.errors)")
  }

  @Test func everyExampleIsTried() throws {
    let folder = Repository.root.appending(path: "examples/sites").path(percentEncoded: false)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(Set(files.map { $0.replacing(".yaml", with: "") }) == Set(Self.examples.map(\.name)))
  }
}
