internal import Glibc

/// A mutex with a condition that threads wait for, up to a deadline by the monotonic clock.
///
/// @unchecked Sendable: `value` is touched only with `mutex` held, the other two only through pthread's functions.
package final class Condition<Value>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  /// A condition of this value, which belongs to it from now on.
  package init(_ value: sending Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(changed, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Reads or changes the value. Threads that wait look at it again only if `signal` says so.
  package func withLock<Result>(signal: Bool = false, _ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let result = body(&value)
    if signal { pthread_cond_broadcast(changed) }
    return result
  }

  /// Waits until `isMet` holds, then reads or changes the value under the same lock.
  ///
  /// - Parameter milliseconds: the longest wait; `nil` for no limit. After it, `body` sees the value as it is then.
  package func wait<Result>(
    milliseconds: Int64?, until isMet: (Value) -> Bool, then body: (inout Value) -> Result
  ) -> Result {
    let end = milliseconds.map(Self.time(after:))
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isMet(value) {
      if var end {
        if pthread_cond_timedwait(changed, mutex, &end) == ETIMEDOUT { break }
      } else {
        pthread_cond_wait(changed, mutex)
      }
    }
    return body(&value)
  }

  private static func time(after milliseconds: Int64) -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = Int64(time.tv_nsec) + milliseconds % 1000 * 1_000_000
    time.tv_sec += Int(milliseconds / 1000 + nanoseconds / 1_000_000_000)
    time.tv_nsec = Int(nanoseconds % 1_000_000_000)
    return time
  }
}
