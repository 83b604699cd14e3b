internal import KafkaC

/// A librdkafka instance and what its callbacks need: made once, destroyed once.
///
/// The owner of a `Client` decides on which thread it is polled; librdkafka calls `observer` for log lines from threads
/// of its own.
final class Client {
  let handle: OpaquePointer
  let callbacks: ClientCallbacks
  private let retainedCallbacks: Unmanaged<ClientCallbacks>
  /// How it comes to its end.
  var ending = ClientDisposal.Ending.atOnce

  /// - Parameter adjust: sets what is no property (callbacks, events) on the configuration before the client is made.
  init(
    _ type: rd_kafka_type_t, properties: ClientProperties, callbacks: ClientCallbacks,
    adjust: (OpaquePointer) -> Void = { _ in }
  ) throws(KafkaError) {
    var properties = properties
    // These two would send log lines and rebalances to queues that nobody serves.
    properties["log.queue"] = "false"
    properties["enabled_events"] = "0"
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

  deinit { ClientDisposal.dispose(handle, callbacks: retainedCallbacks, ending) }

  /// The fatal error that the client is in, if any.
  var fatalError: KafkaError? { Kafka.fatalError(of: handle) }
}

/// The fatal error that a client is in, if any (`rd_kafka_fatal_error`).
func fatalError(of handle: OpaquePointer) -> KafkaError? {
  var code = RD_KAFKA_RESP_ERR_NO_ERROR
  let reason = withErrorText { text, size in
    code = rd_kafka_fatal_error(handle, text, size)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR
  }
  return reason.map { KafkaError(KafkaErrorCode(code), operation: "", reason: $0, remedy: .fatal) }
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
