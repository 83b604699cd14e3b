internal import Glibc

/// A thread for work that blocks.
package enum Thread {
  /// Starts a detached thread that runs `body` and ends. The process ends where the system has no thread left.
  package static func start(_ body: @escaping @Sendable () -> Void) {
    precondition(startIfPossible(body), "cannot create a thread")
  }

  /// Starts a detached thread that runs `body` and ends.
  ///
  /// - Returns: whether the system had a thread left; without one, `body` does not run.
  package static func startIfPossible(_ body: @escaping @Sendable () -> Void) -> Bool {
    let box = Unmanaged.passRetained(Box(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// Puts the calling thread to sleep.
  package static func sleep(milliseconds: Int) {
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    nanosleep(&time, nil)
  }

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
