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
    pthread_cond_init(arrived, nil)
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

  /// Waits for letters and takes up to `limit` of them; `nil` when the box was closed.
  func wait(limit: Int) -> [Letter]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while letters.isEmpty, !isClosed { pthread_cond_wait(arrived, mutex) }
    guard !isClosed else { return nil }
    let taken = Array(letters.prefix(limit))
    letters.removeFirst(taken.count)
    return taken
  }

  /// Waits up to a time for the box to be closed.
  ///
  /// - Returns: whether it is.
  func waitForClosing(milliseconds: Int) -> Bool {
    var until = timespec()
    clock_gettime(CLOCK_REALTIME, &until)
    until.tv_sec += milliseconds / 1000
    until.tv_nsec += milliseconds % 1000 * 1_000_000
    if until.tv_nsec >= 1_000_000_000 {
      until.tv_sec += 1
      until.tv_nsec -= 1_000_000_000
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isClosed {
      if pthread_cond_timedwait(arrived, mutex, &until) == ETIMEDOUT { break }
    }
    return isClosed
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
