internal import KafkaC

/// What went wrong in Kafka or librdkafka: the code, what was being done, and what the caller may do about it.
public struct KafkaError: Error, Sendable, Equatable {
  /// What to do about an error.
  public enum Remedy: Sendable, Equatable {
    /// Do the same again later: brokers or coordinators are away, moving or slow.
    case retry
    /// Abort the transaction, go back to the committed offsets and process again.
    case abort
    /// A retry will not help: a permission is missing, an argument is wrong, or the topic does not exist.
    case giveUp
    /// The client is unusable: close it and make a new one, or stop.
    case fatal
  }

  /// The code, librdkafka's own below zero and the broker's above.
  public var code: KafkaErrorCode
  /// What was being done, such as `create topic "ldms.user.userA.rows"`. Empty where the error came by itself.
  public var operation: String
  /// librdkafka's or the broker's own words.
  public var reason: String
  /// What to do about it.
  public var remedy: Remedy
  /// The partition that a consumer was reading, if the error concerns one.
  public var partition: TopicPartition?

  /// An error with librdkafka's description of the code, and the remedy that goes with the code.
  public init(_ code: KafkaErrorCode, operation: String, reason: String? = nil, remedy: Remedy? = nil) {
    self.code = code
    self.operation = operation
    self.reason = reason ?? code.meaning
    self.remedy = remedy ?? code.remedy
  }

  /// Takes over an `rd_kafka_error_t` and destroys it. Transactional functions say there what has to follow.
  ///
  /// - Parameter unclassified: the remedy where it says nothing; `nil` for the one that goes with the code.
  init(consuming error: OpaquePointer, operation: String, unclassified: Remedy? = nil) {
    let code = KafkaErrorCode(rd_kafka_error_code(error))
    var remedy = unclassified ?? code.remedy
    if rd_kafka_error_is_fatal(error) != 0 {
      remedy = .fatal
    } else if rd_kafka_error_txn_requires_abort(error) != 0 {
      remedy = .abort
    } else if rd_kafka_error_is_retriable(error) != 0 {
      remedy = .retry
    }
    self.init(code, operation: operation, reason: String(cString: rd_kafka_error_string(error)), remedy: remedy)
    rd_kafka_error_destroy(error)
  }
}

extension KafkaError {
  /// Whether it says that there is no token for SASL/OAUTHBEARER (`rd_kafka_oauthbearer_set_token_failure0`). librdkafka
  /// asks for one again 10 s later.
  public var isMissingToken: Bool {
    code == .authentication && reason.hasPrefix("Failed to acquire SASL OAUTHBEARER token")
  }
}

extension KafkaError: CustomStringConvertible {
  /// One line for a log: what was done, the reason, and the code's name.
  public var description: String {
    let prefix = operation.isEmpty ? "" : "\(operation): "
    return "\(prefix)\(reason) (\(code.name))"
  }
}
