internal import Glibc
internal import KafkaC

/// Ends librdkafka instances whose owners have gone, each on a thread of its own, and waits for none of them for ever.
///
/// librdkafka 2.0.2 may never return from `rd_kafka_destroy`: a broker thread keeps running after topics that the client
/// was reading have been deleted. Such a client costs its memory and its sleeping threads until the process ends, and
/// holds up nobody.
enum ClientDisposal {
  /// How long an owner waits for the end of a client that has nothing left to do. It usually takes a few milliseconds.
  static let patienceMilliseconds: Int64 = 1000

  /// Runs `destroy` on a thread of its own.
  ///
  /// - Parameter patienceMilliseconds: how long to wait for it; with 0 it is only started.
  /// - Returns: whether it returned within that time. Where no thread can be had, it is not run at all.
  static func run(patienceMilliseconds: Int64, _ destroy: @escaping @Sendable () -> Void) -> Bool {
    let end = End(destroy)
    let context = Unmanaged.passRetained(end)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        let end = Unmanaged<End>.fromOpaque(context).takeRetainedValue()
        end.destroy()
        end.finish()
        return nil
      }, context.toOpaque())
    guard code == 0 else {
      context.release()
      return false
    }
    pthread_detach(thread)
    return end.wait(milliseconds: patienceMilliseconds)
  }

  /// Work and the news that it is done; shared by the thread that does it and the one that waits.
  ///
  /// @unchecked Sendable: everything mutable is touched only with `mutex` held.
  private final class End: @unchecked Sendable {
    let destroy: @Sendable () -> Void
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let finished = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isDone = false

    init(_ destroy: @escaping @Sendable () -> Void) {
      self.destroy = destroy
      pthread_mutex_init(mutex, nil)
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(finished, &attributes)
      pthread_condattr_destroy(&attributes)
    }

    deinit {
      pthread_cond_destroy(finished)
      pthread_mutex_destroy(mutex)
      finished.deallocate()
      mutex.deallocate()
    }

    func finish() {
      pthread_mutex_lock(mutex)
      isDone = true
      pthread_cond_signal(finished)
      pthread_mutex_unlock(mutex)
    }

    func wait(milliseconds: Int64) -> Bool {
      var until = timespec()
      clock_gettime(CLOCK_MONOTONIC, &until)
      let nanoseconds = Int64(until.tv_nsec) + milliseconds % 1000 * 1_000_000
      until.tv_sec += Int(milliseconds / 1000 + nanoseconds / 1_000_000_000)
      until.tv_nsec = Int(nanoseconds % 1_000_000_000)
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while !isDone {
        if pthread_cond_timedwait(finished, mutex, &until) == ETIMEDOUT { break }
      }
      return isDone
    }
  }
}

extension ClientDisposal {
  /// What has to be done before a client's end, and who waits for it.
  enum Ending {
    /// Little: its owner waits, as long as its patience lasts.
    case atOnce
    /// A consumer has to close, which waits for brokers: nobody waits for that.
    case closesInBackground
    /// The same for one that is closing already.
    case isClosing
    /// The embedded broker that lives in it goes first; its owner waits as for `atOnce`.
    case withEmbeddedBroker(UInt)
  }

  /// Ends a librdkafka instance that nobody else uses any more, and releases its callbacks afterwards.
  static func dispose(_ handle: OpaquePointer, callbacks: Unmanaged<ClientCallbacks>, _ ending: Ending) {
    // As numbers, since pointers are not Sendable. librdkafka lets any thread destroy an instance.
    let handle = UInt(bitPattern: handle)
    let opaque = UInt(bitPattern: callbacks.toOpaque())
    let observer = callbacks.takeUnretainedValue().observer
    let patience =
      switch ending {
      case .atOnce, .withEmbeddedBroker: patienceMilliseconds
      case .closesInBackground, .isClosing: Int64(0)
      }
    let isDone = run(patienceMilliseconds: patience) {
      guard let handle = OpaquePointer(bitPattern: handle) else { return }
      switch ending {
      case .atOnce, .closesInBackground: break
      case .isClosing: finishClosing(handle)
      case .withEmbeddedBroker(let cluster): rd_kafka_mock_cluster_destroy(OpaquePointer(bitPattern: cluster))
      }
      rd_kafka_destroy(handle)
      // librdkafka's threads called these until now.
      UnsafeRawPointer(bitPattern: opaque).map { Unmanaged<ClientCallbacks>.fromOpaque($0).release() }
    }
    guard !isDone, patience > 0 else { return }
    observer.log(
      ClientLogLine(
        severity: 4, facility: "DESTROY", message: "the client did not end within \(patience) ms; continuing without it"
      ))
  }

  /// Answers the rebalances that the end waits for: unanswered, it would never come, and the member would live on.
  private static func finishClosing(_ handle: OpaquePointer) {
    while rd_kafka_consumer_closed(handle) == 0 {
      if let message = rd_kafka_consumer_poll(handle, 100) { rd_kafka_message_destroy(message) }
    }
  }
}
