import Foundation
import Naming
import TestSupport
import Wording

/// Speaks WebDriver (https://www.w3.org/TR/webdriver2/) with a chromedriver on this machine.
struct WebDriver: Sendable {
  /// Where it listens.
  let port: UInt16

  private struct Answer<Value: Decodable>: Decodable {
    let value: Value
  }

  private struct Refusal: Decodable {
    let error: String
    let message: String
  }

  /// Sends a command and waits for its answer, half a minute at most.
  func send<Value: Decodable>(
    _ method: String, _ path: String, _ body: JSONTree? = nil, as type: Value.Type = Value.self
  ) async throws -> Value {
    let port = port
    let (status, answer) = try await blocking {
      try LoopbackClient.send(method, path, body: body.map { Array($0.line.utf8) } ?? [], to: port)
    }
    guard status == 200 else {
      let refusal = try? JSONDecoder().decode(Answer<Refusal>.self, from: Data(answer)).value
      let reason = refusal.map { "\($0.error): \($0.message)" } ?? String(decoding: answer, as: UTF8.self)
      throw WebDriverError(description: "\(method) \(path): \(reason)")
    }
    return try JSONDecoder().decode(Answer<Value>.self, from: Data(answer)).value
  }

  /// Sends a command whose answer says nothing.
  func send(_ method: String, _ path: String, _ body: JSONTree? = nil) async throws {
    _ = try await send(method, path, body, as: Nothing.self)
  }

  /// Whatever an answer says.
  private struct Nothing: Decodable {
    init(from decoder: any Decoder) {}
  }
}

/// The browser did not do what it was told.
struct WebDriverError: Error, CustomStringConvertible {
  /// The command, and what chromedriver said.
  let description: String
}
