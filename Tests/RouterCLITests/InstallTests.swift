import Foundation
import TestSupport
import Testing

/// `make install`, through the script that does it.
@Suite(.timeLimit(.minutes(2))) struct InstallTests {
  private let destination: TemporaryDirectory

  init() throws { destination = try TemporaryDirectory() }

  private func script(_ words: [String], _ changes: [String: String] = [:]) async throws -> RunningProcess {
    let environment: [String: String] = [
      "PREFIX": "/opt/router", "SYSCONFDIR": "/etc", "DESTDIR": destination.path, "ROUTER": RouterProgram.path,
    ]
    return try await RunningProcess.run(
      Repository.root.appending(path: "scripts/install-files").path, words,
      environment: environment.merging(changes) { $1 })
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: destination.url.appending(path: path), encoding: .utf8)
  }

  /// The files below a directory, relative to it.
  private func files(_ directory: String = "") -> Set<String> {
    let top = destination.url.appending(path: directory).path
    let all = FileManager.default.enumerator(atPath: top)?.compactMap { $0 as? String } ?? []
    return Set(
      all.filter { path in
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(top)/\(path)", isDirectory: &isDirectory)
          && !isDirectory.boolValue
      })
  }

  @Test func installsWhatRuns() async throws {
    let install = try await script(["install"])
    #expect(install.status == .exited(0), "\(install.errorText)")
    #expect(install.errors.isEmpty)
    let installed = files()
    for file in [
      "opt/router/bin/router", "opt/router/share/man/man1/router.1", "opt/router/share/man/man1/router-run.1",
      "opt/router/share/bash-completion/completions/router", "opt/router/share/zsh/site-functions/_router",
      "opt/router/share/fish/vendor_completions.d/router.fish", "opt/router/lib/systemd/system/ldms-router.service",
      "etc/ldms-router/router.yaml", "etc/ldms-router/topics/user.yaml", "opt/router/share/doc/ldms-router/site.md",
    ] {
      #expect(installed.contains(file), "\(file)")
    }
    let unit = try text("opt/router/lib/systemd/system/ldms-router.service")
    #expect(unit.contains("ExecStart=/opt/router/bin/router run --config /etc/ldms-router/router.yaml\n"))
    // Only what no time mends is final: a wrong command line and a wrong configuration.
    #expect(unit.contains("\nRestartPreventExitStatus=64 78\n"))
    #expect(!unit.contains("@bindir@") && !unit.contains("@sysconfdir@"))
    // The recording is found from where the program is, not from the checkout.
    let program = "\(destination.path)/opt/router/bin/router"
    let replay = try await RunningProcess.run(
      program, ["replay", "--fast"], environment: ["ROUTER_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"],
      directory: destination.path)
    #expect(replay.status == .exited(69), "\(replay.errorText)")
    // Manual pages and completions are those of the program that was installed.
    let page = try await RunningProcess.run(program, ["manual", "run"])
    #expect(try text("opt/router/share/man/man1/router-run.1") == page.outputText)
    let completion = try await RunningProcess.run(program, ["completion", "zsh"])
    #expect(try text("opt/router/share/zsh/site-functions/_router") == completion.outputText)
  }

  @Test func keepsTheConfigurationOfTheSite() async throws {
    try destination.write("group: mine\n", to: "etc/ldms-router/router.yaml")
    try destination.write("partitions: 9\n", to: "etc/ldms-router/topics/user.yaml")
    let install = try await script(["install"])
    #expect(install.status == .exited(0), "\(install.errorText)")
    #expect(install.outputText.contains("kept: \(destination.path)/etc/ldms-router/router.yaml\n"))
    #expect(try text("etc/ldms-router/router.yaml") == "group: mine\n")
    #expect(try text("etc/ldms-router/topics/user.yaml") == "partitions: 9\n")
    #expect(try text("etc/ldms-router/topics/job.yaml").contains("partitions: 1"))
    try destination.write("theirs", to: "opt/router/share/man/man1/router-of-others.1")
    let configuration = files("etc")
    let uninstall = try await script(["uninstall"])
    #expect(uninstall.status == .exited(0), "\(uninstall.errorText)")
    #expect(files() == Set(configuration.map { "etc/\($0)" } + ["opt/router/share/man/man1/router-of-others.1"]))
  }

  @Test(
    arguments: [
      (["install"], ["PREFIX": "opt"], "PREFIX has to be an absolute path, not 'opt'."),
      (["install"], ["SYSCONFDIR": ""], "SYSCONFDIR has to be an absolute path, not ''."),
      (["install"], ["PREFIX": "/a b"], "PREFIX may only have letters"),
      (["install"], ["DESTDIR": "x"], "DESTDIR has to be an absolute path, not 'x'."),
      (["install"], ["ROUTER": "/nowhere/router"], "There is no /nowhere/router yet: run 'make build' first"),
      (["instal"], [:], "Usage: install-files install|uninstall"),
    ] as [([String], [String: String], String)])
  func nonsenseIsRefused(_ words: [String], _ changes: [String: String], _ expected: String) async throws {
    let outcome = try await script(words, changes)
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorText.hasPrefix(expected), "\(outcome.errorText)")
    #expect(files().isEmpty)
  }
}
