internal import Foundation

/// The `router` program that was built with these tests.
public enum RouterProgram {
  /// Where it is: beside the program that runs the tests.
  public static var path: String {
    let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appending(path: "router").path(percentEncoded: false)
  }

  /// Routers that run at the same time need different ports; which, only some tests want to know.
  private static func withFreePort(_ arguments: [String], _ environment: [String: String?]) -> [String: String?] {
    guard arguments.first == "run" else { return environment }
    return environment.merging(["ROUTER_HTTP_LISTEN": "127.0.0.1:0"]) { given, _ in given }
  }

  /// Starts it.
  public static func start(
    _ arguments: [String], environment: [String: String?] = [:], directory: String? = nil,
    input: RunningProcess.Input = .none
  ) throws -> RunningProcess {
    try RunningProcess(
      path, arguments, environment: withFreePort(arguments, environment), directory: directory, input: input)
  }

  /// Runs it and waits for its end.
  public static func run(
    _ arguments: [String], environment: [String: String?] = [:], directory: String? = nil,
    input: RunningProcess.Input = .none, within allowed: Duration = .seconds(60)
  ) async throws -> RunningProcess {
    try await RunningProcess.run(
      path, arguments, environment: withFreePort(arguments, environment), directory: directory, input: input,
      within: allowed)
  }
}
