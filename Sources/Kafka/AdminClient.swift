internal import KafkaC

/// Asks brokers to make, delete and describe things. Calls block up to their time limit.
///
/// Any one thread may use it; two at a time may not.
public final class AdminClient {
  let client: Client
  /// What it was made with, for the clients that it makes for itself.
  let properties: ClientProperties

  /// An administration client.
  public init(properties: ClientProperties, observer: any ClientObserver) throws(KafkaError) {
    var properties = properties
    properties["allow.auto.create.topics"] = "false"
    self.properties = properties
    let callbacks = ClientCallbacks(observer: observer)
    client = try Client(RD_KAFKA_PRODUCER, properties: properties, callbacks: callbacks) { configuration in
      rd_kafka_conf_set_error_cb(configuration, reportError)
    }
  }

  /// Serves errors that belong to no call (`ClientObserver.failed`). The other calls do it too.
  public func poll() {
    rd_kafka_poll(client.handle, 0)
  }

  /// Sends one request and waits for its answer.
  ///
  /// - Parameters:
  ///   - read: reads what is needed from the answer's event, which is destroyed afterwards.
  func perform<Answer>(
    _ operation: String, kind: rd_kafka_admin_op_t, timeoutMilliseconds: Int32,
    validateOnly: Bool = false,
    send: (_ options: OpaquePointer?, _ queue: OpaquePointer) -> Void,
    read: (_ event: OpaquePointer) -> Answer
  ) throws(KafkaError) -> Answer {
    let options = rd_kafka_AdminOptions_new(client.handle, kind)
    defer { rd_kafka_AdminOptions_destroy(options) }
    rd_kafka_AdminOptions_set_request_timeout(options, timeoutMilliseconds, nil, 0)
    if kind == RD_KAFKA_ADMIN_OP_CREATETOPICS || kind == RD_KAFKA_ADMIN_OP_DELETETOPICS
      || kind == RD_KAFKA_ADMIN_OP_CREATEPARTITIONS
    {
      // Wait until the controller has done it, not only accepted it.
      rd_kafka_AdminOptions_set_operation_timeout(options, timeoutMilliseconds, nil, 0)
    }
    if validateOnly { rd_kafka_AdminOptions_set_validate_only(options, 1, nil, 0) }
    // A queue for each request, so that an answer that comes too late is not taken for that of the next. Making one
    // fails only when memory is out, and then librdkafka aborts.
    let queue = rd_kafka_queue_new(client.handle).unsafelyUnwrapped
    defer { rd_kafka_queue_destroy(queue) }
    send(options, queue)
    poll()
    // librdkafka answers every request, with a time-out if need be; the extra seconds only guard against a defect.
    guard let event = rd_kafka_queue_poll(queue, min(timeoutMilliseconds, .max - 5000) + 5000) else {
      throw KafkaError(.timedOut, operation: operation)
    }
    defer { rd_kafka_event_destroy(event) }
    let code = rd_kafka_event_error(event)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      let reason = rd_kafka_event_error_string(event).map { String(cString: $0) }
      throw KafkaError(KafkaErrorCode(code), operation: operation, reason: reason)
    }
    return read(event)
  }
}

/// The error that one item of an answer carries, if any.
func itemError(
  _ code: rd_kafka_resp_err_t, _ reason: UnsafePointer<CChar>?, _ operation: @autoclosure () -> String
) -> KafkaError? {
  guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
  return KafkaError(KafkaErrorCode(code), operation: operation(), reason: reason.map { String(cString: $0) })
}
