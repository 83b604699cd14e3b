internal import Glibc

/// Hands values from one thread to another that waits for them.
///
/// @unchecked Sendable: everything mutable is touched only with `mutex` held.
final class Mailbox<Letter: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let arrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var letters: [Letter] = []
  private var isClosed = false

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(arrived, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(arrived)
    pthread_mutex_destroy(mutex)
    arrived.deallocate()
    mutex.deallocate()
  }

  /// Adds a letter; a closed box drops it.
  func put(_ letter: Letter) {
    pthread_mutex_lock(mutex)
    if !isClosed { letters.append(letter) }
    pthread_cond_signal(arrived)
    pthread_mutex_unlock(mutex)
  }

  /// Takes everything that is there, without waiting.
  func takeAll() -> [Letter] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !letters.isEmpty else { return [] }
    defer { letters.removeAll(keepingCapacity: true) }
    return letters
  }

  /// Waits for letters and takes up to `limit` of them.
  ///
  /// - Parameter milliseconds: how long at most; `nil` for as long as it takes.
  /// - Returns: none where none came in time, and `nil` when the box was closed.
  func wait(limit: Int, milliseconds: Int64? = nil) -> [Letter]? {
    let until = milliseconds.map(Self.time(after:))
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while letters.isEmpty, !isClosed {
      if var until {
        if pthread_cond_timedwait(arrived, mutex, &until) == ETIMEDOUT { break }
      } else {
        pthread_cond_wait(arrived, mutex)
      }
    }
    guard !isClosed else { return nil }
    let taken = Array(letters.prefix(limit))
    letters.removeFirst(taken.count)
    return taken
  }

  /// That moment by the clock of `pthread_cond_timedwait`, which the constructor has set to the monotonic one.
  private static func time(after milliseconds: Int64) -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = Int64(time.tv_nsec) + milliseconds % 1000 * 1_000_000
    time.tv_sec += Int(milliseconds / 1000 + nanoseconds / 1_000_000_000)
    time.tv_nsec = Int(nanoseconds % 1_000_000_000)
    return time
  }

  /// Ends all waiting; what is still in the box is dropped.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    letters.removeAll()
    pthread_cond_broadcast(arrived)
    pthread_mutex_unlock(mutex)
  }
}
