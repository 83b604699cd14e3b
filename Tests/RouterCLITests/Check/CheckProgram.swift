import Foundation
import TestSupport
import Testing

/// Runs `router check` as a shell would, and reads what it says.
struct CheckProgram {
  let status: TestSupport.ExitStatus?
  let output: String
  let errors: String

  /// Without the variables of whoever runs the tests.
  static func run(
    _ arguments: [String], environment: [String: String?] = [:], directory: String? = nil,
    input: RunningProcess.Input = .none
  ) async throws -> CheckProgram {
    var variables: [String: String?] = [:]
    for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("ROUTER_") {
      variables.updateValue(nil, forKey: name)
    }
    for (name, value) in environment { variables.updateValue(value, forKey: name) }
    let process = try await RouterProgram.run(
      ["check"] + arguments, environment: variables, directory: directory, input: input)
    return CheckProgram(status: process.status, output: process.outputText, errors: process.errorText)
  }

  var code: CInt? {
    guard case .exited(let code) = status else { return nil }
    return code
  }

  /// The one JSON document of `--json`, as Foundation reads it.
  func json() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }

  /// Whether nothing in it could steer a terminal.
  static func isSafe(_ text: String) -> Bool {
    !text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || (0x7F...0x9F).contains($0.value) }
  }
}

/// A directory as a site has it: `router.yaml`, the recording's `decomp.json` and the repository's `topics`.
struct CheckSite {
  let directory: TemporaryDirectory

  init(_ configuration: String) throws {
    directory = try TemporaryDirectory()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "topics"), to: directory.url.appending(path: "topics"))
    try FileManager.default.copyItem(
      atPath: Capture.recording.path("decomp.json"), toPath: directory.path + "/decomp.json")
    try directory.write(configuration, to: "router.yaml")
  }

  func run(_ arguments: [String], environment: [String: String?] = [:]) async throws -> CheckProgram {
    try await CheckProgram.run(arguments, environment: environment, directory: directory.path)
  }
}
