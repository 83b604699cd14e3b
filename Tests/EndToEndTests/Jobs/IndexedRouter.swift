import Foundation
import TestSupport

/// A router that runs as a process, asked for its jobs over HTTP.
final class IndexedRouter: Sendable {
  let process: RunningProcess
  let port: UInt16
  /// What each request has to show.
  private let headers: String

  /// Starts one.
  ///
  /// - Parameters:
  ///   - jobs: keys below `jobs:` with their values, `silent-after: 5s`.
  ///   - environment: other keys, as their environment variables.
  ///   - token: what `http.token-file` holds, where it is set.
  convenience init(
    _ file: RouterFile, instance: String = "one", jobs: [String: String] = [:], environment: [String: String] = [:],
    token: String? = nil
  ) async throws {
    var variables = environment
    for (key, value) in jobs {
      variables["ROUTER_JOBS_" + key.uppercased().replacing("-", with: "_")] = value
    }
    try await self.init(path: file.path, instance: instance, environment: variables, token: token)
  }

  /// Starts one with the `router.yaml` at this path.
  init(path: String, instance: String = "one", environment: [String: String] = [:], token: String? = nil) async throws {
    headers = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
    var variables: [String: String?] = environment
    variables["ROUTER_INSTANCE"] = instance
    let process = try RouterProgram.start(["run", "--config", path], environment: variables)
    self.process = process
    var port: UInt16?
    do {
      try await eventually("the address of the server", within: .seconds(20)) {
        port = process.errorText.firstMatch(of: /over HTTP address=127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.output.1) }
        return port != nil
      }
    } catch {
      throw HarnessError(description: "\(error)\n\(process.errorText.suffix(4000))")
    }
    self.port = port ?? 0
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }

  /// The log so far.
  var log: String { process.errorText }

  /// All jobs, by user and id.
  func jobs(_ query: String = "") async throws -> ShownJobs {
    try await get("/v1/jobs?limit=1000" + query, as: ShownJobs.self)
  }

  /// What holds for all jobs together.
  func totals() async throws -> ShownTotals { try await get("/v1/jobs?limit=1", as: ShownJobs.self).totals }

  /// One job with all that is known of it; `nil` where it is not known.
  func job(_ job: String, user: String) async throws -> ShownJob? {
    let answer = try await response("/v1/jobs/\(job)?user=\(user)")
    guard answer.status != 404 else { return nil }
    return try Self.decoder.decode(ShownJob.self, from: Data(answer.body.utf8))
  }

  /// All jobs with all that is known of them.
  func details() async throws -> [ShownJob] {
    var details: [ShownJob] = []
    for known in try await jobs().jobs {
      if let job = try await job(known.job, user: known.user) { details.append(job) }
    }
    return details
  }

  /// `userA/101 active`: every job and its state.
  func states() async throws -> [String] { try await jobs().jobs.map { "\($0.name) \($0.state)" } }

  /// Waits until the condition holds for the jobs.
  func wait(
    _ what: String, within allowed: Duration = .seconds(30), _ condition: (ShownJobs) throws -> Bool
  ) async throws {
    do {
      try await eventually(what, within: allowed) {
        let shown = try await jobs()
        if try condition(shown) { return true }
        try await Task.sleep(for: .milliseconds(50))
        return false
      }
    } catch {
      let details = (try? await details())?.map { "\($0)" }.joined(separator: "\n") ?? ""
      throw HarnessError(description: "\(error)\n\(details)\n\(log.suffix(4000))")
    }
  }

  /// Ends it as an operator does.
  func stop() async throws {
    let status = try await process.terminate()
    if status != .exited(0) { throw HarnessError(description: "\(status)\n\(log.suffix(6000))") }
  }

  /// Ends it without giving it a chance to say anything.
  func kill() async throws {
    process.kill()
    try await process.wait()
  }

  func response(_ target: String) async throws -> RawResponse {
    let (port, headers) = (port, headers)
    return try await blocking { try RawResponse.get(target, port: port, headers: headers) }
  }

  private func get<Answer: Decodable>(_ target: String, as type: Answer.Type) async throws -> Answer {
    let answer = try await response(target)
    guard answer.status == 200 else { throw HarnessError(description: "\(target): \(answer.status) \(answer.body)") }
    return try Self.decoder.decode(type, from: Data(answer.body.utf8))
  }
}
