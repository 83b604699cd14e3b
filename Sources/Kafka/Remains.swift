internal import Glibc
internal import KafkaC

/// A librdkafka instance whose owner has gone.
struct Remains: Sendable {
  // Sendable: nobody else has the handle any more, and librdkafka lets any thread destroy it.
  private let handle: UInt
  private let callbacks: UInt

  init(handle: OpaquePointer, callbacks: Unmanaged<ClientCallbacks>) {
    self.handle = UInt(bitPattern: handle)
    self.callbacks = UInt(bitPattern: callbacks.toOpaque())
  }

  /// Ends its threads and frees it; blocks as long as that takes.
  ///
  /// - Parameter flags: `RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE` or 0.
  func destroy(flags: Int32) {
    rd_kafka_destroy_flags(OpaquePointer(bitPattern: handle), flags)
    // librdkafka's threads called these until now.
    UnsafeRawPointer(bitPattern: callbacks).map { Unmanaged<ClientCallbacks>.fromOpaque($0).release() }
  }

  /// The same on a thread of its own, without closing a consumer and so without calling anything back but the log.
  func destroyInBackground() {
    let context = UnsafeMutablePointer<Remains>.allocate(capacity: 1)
    context.initialize(to: self)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let remains = context?.assumingMemoryBound(to: Remains.self) else { return nil }
        remains.move().destroy(flags: Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE))
        remains.deallocate()
        return nil
      }, context)
    if code == 0 {
      pthread_detach(thread)
    } else {
      context.move().destroy(flags: Int32(RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE))
      context.deallocate()
    }
  }
}
