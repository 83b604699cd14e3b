internal import Glibc
internal import KafkaC

/// A librdkafka instance and what its callbacks need: made once, destroyed once.
///
/// The owner of a `Client` decides on which thread it is polled; librdkafka calls `observer` for log lines from threads
/// of its own.
final class Client {
  let handle: OpaquePointer
  let callbacks: ClientCallbacks
  private let retainedCallbacks: Unmanaged<ClientCallbacks>
  /// Whether it is left to itself to come to its end: brokers that do not answer can hold up the destruction of a
  /// consumer for `session.timeout.ms`, or for ever (librdkafka #4674).
  var isAbandoned = false

  /// - Parameter adjust: sets what is no property (callbacks, events) on the configuration before the client is made.
  init(
    _ type: rd_kafka_type_t, properties: ClientProperties, callbacks: ClientCallbacks,
    adjust: (OpaquePointer) -> Void = { _ in }
  ) throws(KafkaError) {
    let configuration = try properties.makeConfiguration()
    retainedCallbacks = Unmanaged.passRetained(callbacks)
    self.callbacks = callbacks
    rd_kafka_conf_set_opaque(configuration, retainedCallbacks.toOpaque())
    rd_kafka_conf_set_log_cb(configuration, receiveLogLine)
    adjust(configuration)
    var made: OpaquePointer?
    let reason = withErrorText { text, size in
      made = rd_kafka_new(type, configuration, text, size)
      return made != nil
    }
    guard let made else {
      // rd_kafka_new takes the configuration over only when it succeeds.
      rd_kafka_conf_destroy(configuration)
      retainedCallbacks.release()
      throw KafkaError(.invalidArgument, operation: "make a Kafka client", reason: reason)
    }
    handle = made
  }

  deinit {
    if isAbandoned, destroyOnThreadOfItsOwn() { return }
    rd_kafka_destroy(handle)
    retainedCallbacks.release()
  }

  private func destroyOnThreadOfItsOwn() -> Bool {
    let remains = UnsafeMutablePointer<(handle: OpaquePointer, callbacks: Unmanaged<ClientCallbacks>)>.allocate(
      capacity: 1)
    remains.initialize(to: (handle, retainedCallbacks))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let remains = argument.assumingMemoryBound(
          to: (handle: OpaquePointer, callbacks: Unmanaged<ClientCallbacks>).self)
        rd_kafka_destroy(remains.pointee.handle)
        remains.pointee.callbacks.release()
        remains.deallocate()
        return nil
      }, remains)
    guard code == 0 else {
      remains.deallocate()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// The fatal error that the client is in, if any.
  var fatalError: KafkaError? {
    var code = RD_KAFKA_RESP_ERR_NO_ERROR
    let reason = withErrorText { text, size in
      code = rd_kafka_fatal_error(handle, text, size)
      return code == RD_KAFKA_RESP_ERR_NO_ERROR
    }
    return reason.map { KafkaError(KafkaErrorCode(code), operation: "", reason: $0, remedy: .fatal) }
  }
}

/// What librdkafka calls back into, kept alive as long as the client is.
class ClientCallbacks {
  let observer: any ClientObserver

  init(observer: any ClientObserver) {
    self.observer = observer
  }

  static func from(_ opaque: UnsafeMutableRawPointer?) -> ClientCallbacks? {
    opaque.map { Unmanaged<ClientCallbacks>.fromOpaque($0).takeUnretainedValue() }
  }
}

private func receiveLogLine(
  client: OpaquePointer?, level: Int32, facility: UnsafePointer<CChar>?, message: UnsafePointer<CChar>?
) {
  guard let client, let callbacks = ClientCallbacks.from(rd_kafka_opaque(client)), let facility, let message else {
    return
  }
  callbacks.observer.log(
    ClientLogLine(severity: Int(level), facility: String(cString: facility), message: String(cString: message)))
}
