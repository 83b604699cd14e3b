internal import Foundation

extension RunningProcess {
  /// Waits until it has ended and all of its output is here.
  ///
  /// - Throws: `TimedOut` with the end of its output; the process goes on.
  @discardableResult
  public func wait(within allowed: Duration = .seconds(30)) async throws -> ExitStatus {
    try await blocking { try self.waitBlocking(within: allowed) }
  }

  /// The same for code that has a thread to itself.
  @discardableResult
  public func waitBlocking(within allowed: Duration = .seconds(30)) throws -> ExitStatus {
    let deadline = Deadline(within: allowed)
    if let status = state.wait(deadline, for: { $0.openOutputs == 0 ? $0.status : nil }) { return status }
    throw deadline.error(waitingFor: "the end of \(summary)")
  }

  /// Waits until the condition holds for what it has printed to its standard output.
  ///
  /// - Throws: `TimedOut`, or `EndedEarly` when it has ended without that.
  public func waitForOutput(
    _ what: String, within allowed: Duration = .seconds(30), _ condition: @escaping @Sendable (String) -> Bool
  ) async throws {
    try await blocking { [self] in
      let deadline = Deadline(within: allowed)
      let met = state.wait(deadline) { state -> Bool? in
        if condition(String(decoding: state.output, as: UTF8.self)) { return true }
        return state.status != nil && state.openOutputs == 0 ? false : nil
      }
      if met == nil { throw deadline.error(waitingFor: "\(what), from \(summary)") }
      if met == false { throw EndedEarly(description: "ended without \(what): \(summary)") }
    }
  }

  /// Asks it to end by SIGTERM, and kills it where it does not; returns how it ended.
  @discardableResult
  public func terminate(within allowed: Duration = .seconds(20)) async throws -> ExitStatus {
    signal(SIGTERM)
    // A stopped process would not see it.
    signal(SIGCONT)
    do {
      return try await wait(within: allowed)
    } catch is TimedOut {
      kill()
      return try await wait(within: .seconds(10))
    }
  }

  /// Starts a program and waits for its end; kills it and throws when that takes too long.
  public static func run(
    _ program: String, _ arguments: [String] = [], environment: [String: String?] = [:], directory: String? = nil,
    input: Input = .none, within allowed: Duration = .seconds(60)
  ) async throws -> RunningProcess {
    let process = try RunningProcess(
      program, arguments, environment: environment, directory: directory, input: input)
    try await process.wait(within: allowed)
    return process
  }

  /// The command, its state and the ends of both outputs, for messages.
  var summary: String {
    let (status, output, errors) = state.withLock { ($0.status, $0.output, $0.errors) }
    var lines = ["\(arguments.joined(separator: " ")) (\(status.map(\.description) ?? "still running"))"]
    for (name, bytes) in [("output", output), ("errors", errors)] where !bytes.isEmpty {
      lines.append("\(name): …\(String(decoding: bytes.suffix(2000), as: UTF8.self))")
    }
    return lines.joined(separator: "\n")
  }
}

/// A process ended before it had done what a test waited for.
public struct EndedEarly: Error, CustomStringConvertible {
  /// The process, how it ended, and the end of its output.
  public let description: String
}
