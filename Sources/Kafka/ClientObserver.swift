/// A line that librdkafka wants to log.
public struct ClientLogLine: Sendable {
  /// syslog's levels: 3 error, 4 warning, 6 information, 7 debugging.
  public var severity: Int
  /// librdkafka's name for the place, such as `FAIL` or `ADDPARTS`.
  public var facility: String
  /// The text. librdkafka puts no secret there.
  public var message: String

  /// A line.
  public init(severity: Int, facility: String, message: String) {
    self.severity = severity
    self.facility = facility
    self.message = message
  }
}

/// Receives what a client has to say that no call returns.
public protocol ClientObserver: AnyObject, Sendable {
  /// A line for the log. Called from librdkafka's threads: return quickly.
  func log(_ line: ClientLogLine)
  /// Reports an error that concerns no single call: brokers that are down, or rejected credentials. librdkafka retries by itself
  /// unless the error is fatal. Called on the thread that polls the client.
  func failed(_ error: KafkaError)
}

/// Drops everything.
public final class SilentObserver: ClientObserver {
  /// An observer that drops everything.
  public init() {}
  /// Drops it.
  public func log(_ line: ClientLogLine) {}
  /// Drops it.
  public func failed(_ error: KafkaError) {}
}
