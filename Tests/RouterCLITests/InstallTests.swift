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
      // Test builds are linked to Swift's libraries.
      "SWIFT_RUNTIME": "shared",
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

  /// The service would end with 127 wherever Swift is in a home directory.
  @Test func aProgramThatNeedsSwiftsLibrariesIsRejected() async throws {
    let install = try await script(["install"], ["SWIFT_RUNTIME": "static"])
    #expect(install.status == .exited(1))
    #expect(install.errorText.contains("\(RouterProgram.path) needs Swift's libraries where it runs: "))
    #expect(install.errorText.contains("libswiftCore.so") && install.errorText.contains("make build"))
    #expect(files().isEmpty)
  }

  @Test func whatOnlyNeedsTheSystemIsAccepted() async throws {
    let check = Repository.root.appending(path: "scripts/check-linkage").path
    let accepted = try await RunningProcess.run(check, ["/bin/sh"])
    #expect(accepted.status == .exited(0), "\(accepted.errorText)")
    #expect(accepted.errors.isEmpty)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cc"), "there is no C compiler"))
  func pathsOfTheMachineThatBuiltItAreRejected() async throws {
    let check = Repository.root.appending(path: "scripts/check-linkage").path
    let source = try destination.write("int main(void) { return 0; }\n", to: "main.c")
    for (path, isRefused) in [("/home/builder/swift/lib", true), ("$ORIGIN/../lib", false)] {
      let program = "\(destination.path)/main"
      let compiler = try await RunningProcess.run("/usr/bin/cc", ["-Wl,-rpath,\(path)", "-o", program, source])
      try #require(compiler.status == .exited(0), "\(compiler.errorText)")
      let outcome = try await RunningProcess.run(check, [program])
      #expect(outcome.status == .exited(isRefused ? 1 : 0), "\(path): \(outcome.errorText)")
      #expect(outcome.errorText.contains(path) == isRefused)
    }
  }

  /// What `make install` copies is linked statically; and since all release builds and all terminals use the same
  /// flags, none of them builds again what another one has built.
  @Test func buildsUseTheSameFlags() async throws {
    let make = try await RunningProcess.run(
      "make", ["-n", "build", "fuzz", "bench"], directory: Repository.root.path)
    let commands = make.outputText.split(separator: "\n").filter { $0.hasPrefix("swift ") }
    #expect(commands.count >= 3, "\(make.outputText)\(make.errorText)")
    for command in commands {
      #expect(command.contains(" --no-color-diagnostics -c release --static-swift-stdlib "), "\(command)")
    }
    let tests = try String(contentsOf: Repository.root.appending(path: "scripts/test"), encoding: .utf8)
    #expect(tests.contains("swift build --no-color-diagnostics --build-tests"))
  }

  @Test func theHelpIsAligned() async throws {
    let help = try await RunningProcess.run("make", ["help"], directory: Repository.root.path)
    let lines = help.outputText.split(separator: "\n").filter { $0.hasPrefix("  make ") }
    #expect(lines.count > 10)
    let columns = Set(lines.map { $0.prefixMatch(of: /\ \ make [a-z-]+ +/)?.output.count ?? 0 })
    #expect(columns.count == 1, "\(help.outputText)")
  }

  @Test func anEnabledUnitDoesNotStayBehind() async throws {
    #expect(try await script(["install"]).status == .exited(0))
    let links = "\(destination.path)/etc/systemd/system"
    for (directory, target) in [
      ("multi-user.target.wants", "/opt/router/lib/systemd/system/ldms-router.service"),
      ("graphical.target.wants", "/usr/lib/systemd/system/ldms-router.service"),
    ] {
      try FileManager.default.createDirectory(atPath: "\(links)/\(directory)", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: "\(links)/\(directory)/ldms-router.service", withDestinationPath: target)
    }
    let uninstall = try await script(["uninstall"])
    #expect(uninstall.status == .exited(0), "\(uninstall.errorText)")
    let left = try FileManager.default.contentsOfDirectory(atPath: "\(links)/multi-user.target.wants")
    #expect(left.isEmpty)
    // Another installation's is not touched.
    let other = try FileManager.default.contentsOfDirectory(atPath: "\(links)/graphical.target.wants")
    #expect(other == ["ldms-router.service"])
  }

  /// Without DESTDIR it is this machine: the service is stopped, and systemd reads its units again.
  @Test func aServiceThatRunsIsStopped() async throws {
    let calls = "\(destination.path)/calls"
    let tools = try destination.write("#!/bin/sh\necho \"$*\" >>\(calls)\n", to: "tools/systemctl")
    chmod(tools, 0o755)
    let path = "\(destination.path)/tools:\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
    let here = [
      "DESTDIR": "", "PREFIX": "\(destination.path)/opt", "SYSCONFDIR": "\(destination.path)/etc", "PATH": path,
    ]
    let install = try await script(["install"], here)
    #expect(install.status == .exited(0), "\(install.errorText)")
    let uninstall = try await script(["uninstall"], here)
    #expect(uninstall.status == .exited(0), "\(uninstall.errorText)")
    #expect(try text("calls") == "stop ldms-router.service\ndaemon-reload\n")
  }

  @Test(
    arguments: [
      (["install"], ["PREFIX": "opt"], "PREFIX must be an absolute path, not 'opt'."),
      (["install"], ["SYSCONFDIR": ""], "SYSCONFDIR must be an absolute path, not ''."),
      (["install"], ["PREFIX": "/a b"], "PREFIX can contain only letters"),
      (["install"], ["DESTDIR": "x"], "DESTDIR must be an absolute path, not 'x'."),
      (["install"], ["ROUTER": "/nowhere/router"], "There is no /nowhere/router yet: run 'make build' first"),
      (["install"], ["SWIFT_RUNTIME": "none"], "SWIFT_RUNTIME must be static or shared, not 'none'."),
      (["instal"], [:], "Usage: install-files install|uninstall"),
    ] as [([String], [String: String], String)])
  func invalidInputIsRejected(_ words: [String], _ changes: [String: String], _ expected: String) async throws {
    let outcome = try await script(words, changes)
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorText.hasPrefix(expected), "\(outcome.errorText)")
    #expect(files().isEmpty)
  }
}
