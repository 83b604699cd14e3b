internal import Glibc
internal import KafkaC

/// A librdkafka instance whose owner has gone.
struct Remains: Sendable {
  // As numbers, since pointers are not Sendable. Nobody else has the handle any more, and librdkafka lets any thread
  // destroy it.
  private let handle: UInt
  private let callbacks: UInt

  init(handle: OpaquePointer, callbacks: Unmanaged<ClientCallbacks>) {
    self.handle = UInt(bitPattern: handle)
    self.callbacks = UInt(bitPattern: callbacks.toOpaque())
  }

  /// Ends its threads and frees it; blocks as long as that takes.
  func destroy() {
    rd_kafka_destroy(OpaquePointer(bitPattern: handle))
    // librdkafka's threads called these until now.
    UnsafeRawPointer(bitPattern: callbacks).map { Unmanaged<ClientCallbacks>.fromOpaque($0).release() }
  }

  /// The same on a thread of its own.
  ///
  /// - Parameter isClosing: a consumer is closing already.
  func destroyInBackground(isClosing: Bool) {
    let context = UnsafeMutablePointer<(remains: Remains, isClosing: Bool)>.allocate(capacity: 1)
    context.initialize(to: (self, isClosing))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context = context?.assumingMemoryBound(to: (remains: Remains, isClosing: Bool).self) else {
          return nil
        }
        let (remains, isClosing) = context.move()
        context.deallocate()
        if isClosing { remains.finishClosing() }
        remains.destroy()
        return nil
      }, context)
    if code == 0 {
      pthread_detach(thread)
    } else {
      context.deinitialize(count: 1)
      context.deallocate()
      if isClosing { finishClosing() }
      destroy()
    }
  }

  /// Answers the rebalances that the end waits for: unanswered, it would never come, and the member would live on.
  private func finishClosing() {
    guard let handle = OpaquePointer(bitPattern: handle) else { return }
    while rd_kafka_consumer_closed(handle) == 0 {
      if let message = rd_kafka_consumer_poll(handle, 100) { rd_kafka_message_destroy(message) }
    }
  }
}
