internal import KafkaC
internal import Runtime

/// Destroys librdkafka instances whose owners are gone, each on a thread of its own, and waits for none of them forever.
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
    let isDone = Condition(false)
    let isStarted = Thread.startIfPossible {
      destroy()
      isDone.withLock(signal: true) { $0 = true }
    }
    return isStarted && isDone.wait(milliseconds: patienceMilliseconds, until: { $0 }, then: { $0 })
  }
}

extension ClientDisposal {
  /// What has to be done before a client's end, and who waits for it.
  enum Ending {
    /// Little: its owner waits, as long as its patience lasts.
    case atOnce
    /// A consumer has to close, which waits for brokers: nobody waits for that.
    case closesInBackground
    /// Destroys a client that is closing already.
    case isClosing
    /// The embedded broker that lives in it goes first; its owner waits as for `atOnce`.
    case withEmbeddedBroker(UInt)
  }

  /// Destroys a librdkafka instance that nobody else uses, and releases its callbacks afterwards.
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
