internal import Glibc

/// A thread that does something again and again until it is stopped.
///
/// @unchecked Sendable: `isStopped` is touched only with `mutex` held, `thread` only by the one that makes and stops it.
final class Ticker: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let stopped = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var isStopped = false
  private var thread: pthread_t?

  /// Starts it.
  init(everyMilliseconds pause: Int, _ body: @escaping @Sendable () -> Void) {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(stopped, &attributes)
    pthread_condattr_destroy(&attributes)
    let work = Unmanaged.passRetained(Work { [self] in while !waitForStop(milliseconds: pause) { body() } })
    var started = pthread_t()
    let code = pthread_create(
      &started, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    precondition(code == 0, "cannot create a thread: \(String(cString: strerror(code)))")
    thread = started
  }

  deinit {
    pthread_cond_destroy(stopped)
    pthread_mutex_destroy(mutex)
    stopped.deallocate()
    mutex.deallocate()
  }

  /// Stops it, and waits until the body has returned. To be called once.
  func stop() {
    pthread_mutex_lock(mutex)
    isStopped = true
    pthread_cond_broadcast(stopped)
    pthread_mutex_unlock(mutex)
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }

  private func waitForStop(milliseconds: Int) -> Bool {
    var until = timespec()
    clock_gettime(CLOCK_MONOTONIC, &until)
    let nanoseconds = until.tv_nsec + milliseconds % 1000 * 1_000_000
    until.tv_sec += milliseconds / 1000 + nanoseconds / 1_000_000_000
    until.tv_nsec = nanoseconds % 1_000_000_000
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isStopped {
      if pthread_cond_timedwait(stopped, mutex, &until) == ETIMEDOUT { break }
    }
    return isStopped
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
