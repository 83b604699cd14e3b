import Foundation
import TestSupport

/// Makes up requests from an OpenAPI document, valid ones and others, and looks whether the answers are as it says.
enum Schemathesis {
  /// Where it is: `SCHEMATHESIS`, where `make test` puts it, or in `PATH`.
  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["SCHEMATHESIS"] { return path }
    let own = Repository.root.appending(path: ".build/schemathesis/bin/schemathesis").path
    let others = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/schemathesis" }
    return ([own] + others).first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Asks a server, with the same requests each time, and throws with its report where it found a fault.
  ///
  /// - Parameter token: the one that the server wants.
  /// - Returns: the report.
  @discardableResult
  static func check(port: UInt16, token: String?) async throws -> String {
    guard let path else { throw HarnessError(description: "schemathesis is not installed") }
    let directory = try TemporaryDirectory()
    var arguments = [
      "run", "http://127.0.0.1:\(port)/openapi.json", "--checks", "all", "--phases", "examples,coverage,fuzzing",
      "--max-examples", "30", "--generation-deterministic", "--suppress-health-check", "all", "--request-timeout", "10",
      "--no-color",
      // Its answer has no end.
      "--exclude-path", "/v1/events",
    ]
    if let token { arguments += ["--header", "Authorization: Bearer \(token)"] }
    let run = try await RunningProcess.run(
      path, arguments, environment: ["HOME": directory.path, "COLUMNS": "160"], directory: directory.path,
      within: .seconds(150))
    guard run.status == .exited(0) else {
      throw HarnessError(description: "\(run.status.map { "\($0)" } ?? "")\n\(run.outputText)\n\(run.errorText)")
    }
    return run.outputText
  }
}
