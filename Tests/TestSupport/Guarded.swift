internal import Foundation

/// A value behind a lock whose changes other threads can wait for.
final class Guarded<Value>: @unchecked Sendable {
  // Unchecked, since `value` is touched only while `condition` is locked.
  private let condition = NSCondition()
  private var value: Value

  init(_ value: sending Value) {
    self.value = value
  }

  /// Reads the value, or changes it and wakes whoever waits.
  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return try body(&value)
  }

  /// Blocks until the body has a result for the value; `nil` when there is none by the deadline.
  func wait<Result>(_ deadline: Deadline, for body: (inout Value) -> Result?) -> Result? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = body(&value) { return result }
      let remaining = deadline.remaining
      if remaining == .zero { return nil }
      _ = condition.wait(until: Date(timeIntervalSinceNow: remaining / .seconds(1)))
    }
  }
}
