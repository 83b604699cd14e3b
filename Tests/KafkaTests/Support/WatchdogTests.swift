import Foundation
import Testing

@testable import TestSupport

@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
  @Test func killsAndRemovesWhatIsLeftWhenItsPipeCloses() async throws {
    let processes = try (0..<3).map { _ in try RunningProcess("sleep", ["600"]) }
    let directories = try (0..<3).map { _ in try TemporaryDirectory() }
    for directory in directories { try directory.write("", to: "some/file") }

    var watchdog: Watchdog? = Watchdog()
    for process in processes { watchdog?.watch(.group(process.id)) }
    for directory in directories { watchdog?.watch(.directory(directory.path)) }
    watchdog?.forget(.group(processes[1].id))
    watchdog?.forget(.directory(directories[1].path))
    watchdog = nil

    #expect(try await processes[0].wait() == .signalled(SIGKILL))
    #expect(try await processes[2].wait() == .signalled(SIGKILL))
    for index in [0, 2] {
      try await eventually("a directory is gone") { !FileManager.default.fileExists(atPath: directories[index].path) }
    }
    #expect(processes[1].status == nil)
    #expect(FileManager.default.fileExists(atPath: directories[1].path + "/some/file"))
  }

  /// Exit tests, here and in other suites, wait for any child: one that nobody reaps would hold them up for ever.
  @Test func leavesNoChildBehindThatAnExitTestWouldWaitFor() async throws {
    var watchdog: Watchdog? = Watchdog()
    watchdog?.forget(.directory("none"))
    watchdog = nil
    await #expect(processExitsWith: .success) {}
  }

  @Test func removesADirectoryWithItsObject() throws {
    let top: String
    do {
      let directory = try TemporaryDirectory()
      let path = try directory.write("text", to: "deep/down")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "text")
      top = directory.path
    }
    #expect(!FileManager.default.fileExists(atPath: top))
  }
}
