public import ConfigurationFiles

/// A property for librdkafka, and where it was written, so that librdkafka's refusal can name the place.
public struct KafkaProperty: Sendable, Equatable {
  /// librdkafka's name: `bootstrap.servers`.
  public let name: String
  /// The value; hidden when printed if it is a secret.
  public let value: KafkaPropertyValue
  /// The place of the property.
  public let place: ConfigurationPlace

  /// A property.
  ///
  /// - Parameter isSecret: true hides the value whatever the name; false leaves it to the name.
  public init(_ name: String, _ text: String, at place: ConfigurationPlace = .standard, isSecret: Bool = false) {
    self.name = name
    value = KafkaPropertyValue(text, isSecret: isSecret || KafkaProperty.isSecret(name))
    self.place = place
  }

  /// Whether values of the property with this name are hidden.
  ///
  /// Below `sasl.` and `ssl.`, where librdkafka keeps its secrets, everything is hidden that is not known to be
  /// harmless: a misspelt `sasl.pasword`, or a secret of a newer librdkafka, is one too.
  package static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    if harmless.contains(name) || (name.hasPrefix("ssl.") && name.hasSuffix(".location")) { return false }
    return ["sasl", "ssl", "oauth", "https.", "pass", "secret", "token", "credential", "private", "jaas"]
      .contains { name.contains($0) }
  }

  private static let harmless: Set<String> = [
    "sasl.mechanism", "sasl.mechanisms", "sasl.username", "sasl.kerberos.service.name", "sasl.kerberos.principal",
    "sasl.kerberos.keytab", "sasl.kerberos.min.time.before.relogin", "sasl.oauthbearer.method",
    "sasl.oauthbearer.client.id", "sasl.oauthbearer.token.file", "sasl.oauthbearer.scope",
    "enable.sasl.oauthbearer.unsecure.jwt",
    "enable.ssl.certificate.verification", "ssl.endpoint.identification.algorithm", "ssl.cipher.suites",
    "ssl.curves.list", "ssl.sigalgs.list", "ssl.ca.certificate.stores", "ssl.providers", "ssl.engine.id",
    "ssl.certificate.pem", "ssl.ca.pem",
  ]
}

extension KafkaProperty: CustomStringConvertible {
  /// `bootstrap.servers: "localhost:9092"`, secrets as `(hidden)`.
  public var description: String { "\(name): \(value)" }
}
