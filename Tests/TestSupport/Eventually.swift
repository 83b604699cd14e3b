internal import Glibc

/// Waits until the condition holds, looking every few milliseconds, and throws `TimedOut` when it does not in time.
///
/// The condition's own errors end the wait at once. Between two looks the task is suspended.
public func eventually(
  _ what: String, within allowed: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation,
  _ condition: () async throws -> Bool
) async throws {
  let deadline = Deadline(within: allowed)
  while try await !condition() {
    if deadline.hasPassed { throw deadline.error(waitingFor: what) }
    try await Task.sleep(for: .milliseconds(10))
  }
}

/// The same for code that has a thread to itself: between two looks the thread sleeps.
public func eventuallyBlocking(
  _ what: String, within allowed: Duration = .seconds(10), _ condition: () throws -> Bool
) throws {
  let deadline = Deadline(within: allowed)
  while try !condition() {
    if deadline.hasPassed { throw deadline.error(waitingFor: what) }
    usleep(10_000)
  }
}
