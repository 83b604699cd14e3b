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
    let tokens = OAuthTokenSource(properties)
    if tokens != nil {
      callbacks.tokens = tokens
      // On a thread of librdkafka's own, as a token is due whether or not somebody polls.
      rd_kafka_conf_enable_sasl_queue(configuration, 1)
      rd_kafka_conf_set_oauthbearer_token_refresh_cb(configuration, refreshToken)
    }
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
      throw KafkaError(.invalidArgument, operation: "create a Kafka client", reason: reason)
    }
    if tokens != nil, let error = rd_kafka_sasl_background_callbacks_enable(made) {
      rd_kafka_destroy(made)
      retainedCallbacks.release()
      throw KafkaError(consuming: error, operation: "create a Kafka client that fetches tokens")
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
  /// Set before the client is made, and read on librdkafka's background thread.
  fileprivate(set) var tokens: OAuthTokenSource?

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

/// Fetches the next token. Called on librdkafka's background thread: at the start of the client, after four fifths of a token's
/// life, and 10 s after a failure.
private func refreshToken(client: OpaquePointer?, _: UnsafePointer<CChar>?, opaque: UnsafeMutableRawPointer?) {
  guard let client, let source = ClientCallbacks.from(opaque)?.tokens else { return }
  do throws(OAuthTokenError) {
    let token = try OAuthTokenCache.shared.token(from: source)
    let reason = withErrorText { text, size in
      // A token without a subject is the brokers' to judge; librdkafka wants a name for its log.
      let principal = token.principal.isEmpty ? "unknown" : token.principal
      return rd_kafka_oauthbearer_set_token(client, token.text, token.expiry, principal, nil, 0, text, size)
        == RD_KAFKA_RESP_ERR_NO_ERROR
    }
    if let reason { rd_kafka_oauthbearer_set_token_failure(client, reason) }
  } catch {
    rd_kafka_oauthbearer_set_token_failure(client, error.description)
  }
}
