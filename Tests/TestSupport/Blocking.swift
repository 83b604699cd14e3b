internal import Foundation

/// Runs a body that blocks on a thread of its own, and suspends the task meanwhile.
///
/// A test that blocks would hold one of the few threads that all tests share (one a processor).
public func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
  }
}
