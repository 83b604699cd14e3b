internal import Foundation

/// Runs a body that blocks on a thread of its own, as part of the test's task: `#expect` knows there which test it is.
///
/// A test that blocks would hold one of the few threads that all tests share (one a processor). Between two suspensions
/// the thread is the same; a body that never suspends has one.
public func onOwnThread<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
  try await withTaskExecutorPreference(OwnThreadExecutor(), operation: body)
}

private final class OwnThreadExecutor: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
