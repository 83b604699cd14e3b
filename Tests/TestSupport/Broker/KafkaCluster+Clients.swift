extension KafkaCluster.Kind {
  /// Whether its brokers and clients have certificates.
  var speaksTLS: Bool { self == .saslTLS || self == .mutualTLS }

  /// What clients have to speak, as `security.protocol` names it.
  var protocolName: String {
    switch self {
    case .one, .large, .three: "PLAINTEXT"
    case .sasl: "SASL_PLAINTEXT"
    case .saslTLS: "SASL_SSL"
    case .mutualTLS: "SSL"
    }
  }

  /// Whether clients log in by name and password.
  var asksForPassword: Bool { self == .sasl || self == .saslTLS }

  /// Who somebody is to the brokers.
  func principal(of name: String) -> String {
    self == .mutualTLS ? "User:CN=\(name),OU=hpc" : "User:\(name)"
  }
}

/// How clients connect.
extension KafkaCluster {
  /// What a client needs to connect, as librdkafka properties.
  ///
  /// - Parameter user: Who it is; of no account to brokers that take everybody.
  public func clientProperties(as user: User = .admin) -> [String: String] {
    var properties = ["bootstrap.servers": bootstrap]
    if kind != .one, kind != .three { properties["security.protocol"] = kind.protocolName }
    if kind.asksForPassword {
      properties["sasl.mechanism"] = "PLAIN"
      properties["sasl.username"] = user.rawValue
      properties["sasl.password"] = user.password
    }
    if let certificates { properties["ssl.ca.location"] = certificates.authority }
    if kind == .mutualTLS, let certificates {
      properties["ssl.certificate.location"] = certificates.certificate(of: user.rawValue)
      properties["ssl.key.location"] = certificates.key(of: user.rawValue)
    }
    return properties
  }

  /// The same as a properties file of Kafka's own tools; empty where they need none.
  public func toolProperties(as user: User = .admin) -> String {
    guard kind != .one, kind != .three else { return "" }
    var properties = ["security.protocol": kind.protocolName]
    if kind.asksForPassword {
      properties["sasl.mechanism"] = "PLAIN"
      properties["sasl.jaas.config"] =
        "org.apache.kafka.common.security.plain.PlainLoginModule required "
        + "username=\"\(user.rawValue)\" password=\"\(user.password)\";"
    }
    if let certificates { properties.merge(certificates.trust) { _, new in new } }
    if kind == .mutualTLS, let certificates {
      properties.merge(certificates.identity(of: user.rawValue)) { _, new in new }
    }
    return properties.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
  }

  /// Who a user is to the brokers.
  public func principal(of user: User) -> String { kind.principal(of: user.rawValue) }
}
