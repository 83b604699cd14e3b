import Foundation
import TestSupport
import Testing

/// The files of `cluster/`, as far as they can be tried without a Docker engine. `make cluster-test` tries the rest.
@Suite(.timeLimit(.minutes(1))) struct ClusterFilesTests {
  private static let shellcheck = RouterExecutable.find("shellcheck")
  private static let compose = RouterExecutable.find("docker-compose")

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
  }

  /// The files of a directory of the repository, and of those below it, that begin as a script does.
  private func scripts(in directory: String) throws -> [String] {
    let top = Repository.root.appending(path: directory)
    let files = FileManager.default.enumerator(atPath: top.path)?.compactMap { $0 as? String } ?? []
    return files.map { "\(directory)/\($0)" }.filter { path in
      guard let file = try? FileHandle(forReadingFrom: Repository.root.appending(path: path)) else { return false }
      let start = String(decoding: (try? file.read(upToCount: 40)) ?? Data(), as: UTF8.self)
      return start.hasPrefix("#!/bin/bash\n") || start.hasPrefix("#!/bin/sh\n")
        || start.hasPrefix("# shellcheck shell=")
    }.sorted()
  }

  @Test(.enabled(if: shellcheck != nil, "shellcheck is not installed")) func scriptsPassShellcheck() async throws {
    let page = try TemporaryDirectory()
    var files = try scripts(in: "cluster") + scripts(in: "scripts")
    #expect(files.count > 12, "\(files)")
    for file in [
      "/etc/slurm/prolog.d/50-ldms", "/etc/slurm/epilog.d/50-ldms", "/etc/slurm/ldms-job-start",
      "/etc/ldms/make-agg-conf",
    ] {
      let outcome = try RouterExecutable.run(
        executable: Repository.root.appending(path: "scripts/site-file"), [file])
      files.append(try page.write(outcome.output, to: file.replacing("/", with: "_")))
    }
    let check = try await RunningProcess.run(
      try #require(Self.shellcheck).path, ["-x"] + files, directory: Repository.root.path, within: .seconds(50))
    #expect(check.status == .exited(0), "\(check.outputText)\(check.errorText)")
  }

  /// The page's files are named there with what follows the name; anything else is no file.
  @Test func aFileThatThePageDoesNotShowIsAnError() throws {
    let program = Repository.root.appending(path: "scripts/site-file")
    for words in [["/etc/slurm/none"], ["/etc/slurm/jobcomp_kafka.conf"], ["prolog"], [""]] {
      let outcome = try RouterExecutable.run(executable: program, words)
      #expect(outcome.exitCode == 1 && outcome.output.isEmpty, "\(words)")
      #expect(outcome.errors.contains("docs/site.md does not show the file \(words[0])"))
    }
    let usage = try RouterExecutable.run(executable: program, [])
    #expect(usage.exitCode == 64 && usage.errors.contains("  /etc/slurm/prolog.d/50-ldms\n"))
  }

  @Test(
    .enabled(if: compose != nil, "docker-compose is not installed"),
    arguments: [false, true]
  ) func composeAcceptsTheFiles(secure: Bool) async throws {
    let files = ["compose.kafka.yaml", "cluster/compose.yaml"] + (secure ? ["cluster/compose.secure.yaml"] : [])
    let config = try await RunningProcess.run(
      try #require(Self.compose).path, files.flatMap { ["-f", $0] } + ["config"],
      environment: ["DECOMP_JSON": "./cluster/ldms/decomp.json", "ROUTER_YAML": "./cluster/router.yaml"],
      directory: Repository.root.path, within: .seconds(40))
    #expect(config.status == .exited(0), "\(config.errorText)")
    // Aggregator and router share one decomposition.
    let decomposition = "\(Repository.root.path)/cluster/ldms/decomp.json:"
    #expect(config.outputText.components(separatedBy: decomposition).count - 1 >= 2, "\(config.outputText)")
    #expect(config.outputText.contains("SASL_PLAINTEXT") == secure)
    // Services of compose.kafka.yaml keep what they have there.
    #expect(config.outputText.contains("127.0.0.1:9464:9464") && config.outputText.contains("cap_drop"))
  }

  /// In the container, the configuration, the decomposition and the declarations of topics are in one directory.
  @Test func theRouterAcceptsItsConfiguration() async throws {
    let directory = try TemporaryDirectory()
    for (file, name) in [("cluster/router.yaml", "router.yaml"), ("cluster/ldms/decomp.json", "decomp.json")] {
      try directory.write(try text(file), to: name)
    }
    try FileManager.default.createSymbolicLink(
      at: directory.url.appending(path: "topics"), withDestinationURL: Repository.root.appending(path: "topics"))
    let check = try await RouterProgram.run(["check", "--config", "\(directory.path)/router.yaml"])
    #expect(check.status == .exited(0), "\(check.errorText)")
    for schema in ["meminfo", "loadavg", "network"] {
      #expect(check.outputText.contains("\(schema) "), "\(check.outputText)")
    }
    #expect(check.outputText.contains("by producer"))
  }

  /// What the aggregator's container replaces in the page's script, and what the CSV store adds.
  @Test func theAggregatorIsConfiguredFromThePage() throws {
    let page = try RouterExecutable.run(
      executable: Repository.root.appending(path: "scripts/site-file"), ["/etc/ldms/make-agg-conf"]
    ).output
    #expect(page.contains(" container=kafka.example.org:9093 "))
    #expect(page.contains("nodes='c1 c2 c3'\n"))
    #expect(try text("cluster/slurm/slurm.conf").contains("\nNodeName=c[1-3] "))
    // Both stores get the same metric sets.
    let expression = " regex=^(meminfo|loadavg|procnetdev2)$ decomposition=/etc/ldms/decomp.json"
    #expect(page.contains(expression))
    #expect(try text("cluster/ldms/csv.conf").contains(expression))
  }

  /// `cluster/original` says that nothing can be routed from those files, and `router check` says the same.
  @Test func theOriginalCannotBeRouted() async throws {
    let decomposition = Repository.root.appending(path: "cluster/original/decomp.json").path
    let check = try await RouterProgram.run(["check", decomposition])
    #expect(check.status == .exited(0))
    #expect(check.errorText.contains("[as-is-no-producer]"))
    #expect(check.outputText.contains("decomp.json: LDMS accepts it; as_is\n"))
    let page = try text("cluster/original/README.md")
    let row = try #require(page.split(separator: "\n").first { $0.hasPrefix("{\"timestamp\":") })
    let verdict = try await RouterProgram.run(
      ["check", decomposition, "--topic", "loadavg_8be3781", "--row", "-"], input: .bytes(Array(row.utf8)))
    #expect(verdict.status == .exited(1))
    #expect(verdict.outputText.contains("It would be dead-lettered as no-identity."))
  }
}
