public import Kafka

/// What is known beforehand about logins that fail although name and password are right.
public enum LoginAdvice {
  /// The first librdkafka that repeats its nonce no more.
  private static let mendedLibrary = 0x0206_01ff

  /// Why a login as these properties say may be refused, and what to do; `nil` where nothing speaks against it.
  ///
  /// librdkafka before 2.6.1 sends its own nonce twice in SCRAM's last message. Kafka up to 3.9 lets that pass; Kafka 4
  /// refuses it as invalid credentials (librdkafka #4895). So it is a warning before, and the explanation after.
  ///
  /// - Parameter library: the version of librdkafka, as `LibraryVersion.number`.
  public static func advice(
    for properties: ClientProperties, library: Int = LibraryVersion.number
  ) -> String? {
    guard library < mendedLibrary, properties["security.protocol"]?.lowercased().hasPrefix("sasl") == true else {
      return nil
    }
    let mechanism = properties.properties.last { $0.name == "sasl.mechanism" || $0.name == "sasl.mechanisms" }?.value
    guard let mechanism, mechanism.uppercased().hasPrefix("SCRAM-") else { return nil }
    return
      "librdkafka \(version(library)) cannot log in to Kafka 4 with \(mechanism.uppercased()): the brokers report a"
      + " wrong password. Use sasl.mechanism PLAIN inside TLS (security.protocol sasl_ssl), mutual TLS"
      + " (security.protocol ssl), or librdkafka 2.6.1 or newer"
  }

  /// The interval between repetitions of the advice while connections keep failing.
  private static let silenceMilliseconds: Int64 = 600_000

  /// The advice, where this log has not had it for a while.
  package static func hint(_ advice: String, in log: Log) -> String? {
    log.hint(advice, afterMilliseconds: silenceMilliseconds)
  }

  private static func version(_ number: Int) -> String {
    "\(number >> 24 & 0xff).\(number >> 16 & 0xff).\(number >> 8 & 0xff)"
  }
}
