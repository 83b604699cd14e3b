public import ConfigurationFiles
public import Kafka
internal import Wording

/// What keeps librdkafka from making a client of configured properties, in the terms of `router.yaml`.
///
/// `run`, `check` and every other command ask it before they make clients, so they agree.
public struct KafkaClientCheck {
  package let properties: ClientProperties
  package let kind: ClientTrial.Kind
  /// What was configured, each property with its place.
  package let configured: [KafkaProperty]

  /// - Parameters:
  ///   - properties: what the client gets, the router's own included.
  ///   - kind: what the client is for.
  ///   - kafka: what was configured.
  ///   - side: the part of it that this client gets.
  public init(
    _ properties: ClientProperties, of kind: ClientTrial.Kind, kafka: KafkaProperties, side: KafkaProperties.Side
  ) {
    self.properties = properties
    self.kind = kind
    configured = kafka.forClient(side)
  }

  /// Everything that is wrong; empty where a client can be made. Connects to nothing.
  public var problems: [ConfigurationProblem] {
    var problems = refusedProperties + serverProblems + loginProblems + fileProblems
    // What has been explained already is not repeated in librdkafka's words.
    if problems.isEmpty, let error = ClientTrial.refusal(of: kind, with: properties) {
      problems.append(explained(error))
    }
    return problems
  }

  /// The configured property of this name or its alias.
  package func configured(_ name: String) -> KafkaProperty? {
    let name = KafkaProperties.canonical(name)
    return configured.last { KafkaProperties.canonical($0.name) == name }
  }

  /// The value that the client gets under this name or its alias.
  package func value(_ name: String) -> String? {
    let name = KafkaProperties.canonical(name)
    return properties.properties.last { KafkaProperties.canonical($0.name) == name }?.value
  }

  /// A problem of a property, at the place where it, or else another one, was written.
  package func problem(
    _ name: String, else other: String? = nil, _ message: String, kind: ConfigurationProblem.Kind = .wrong
  ) -> ConfigurationProblem {
    let property = configured(name)
    let place = property?.place ?? other.flatMap { configured($0) }?.place ?? .standard
    // Its two forms have inner names, which nobody has written.
    let shown = name == KafkaProperties.tokenKey ? name : property?.name ?? name
    return ConfigurationProblem(place, "kafka.\(shown): \(message)", kind: kind)
  }

  /// The properties that librdkafka rejects individually.
  private var refusedProperties: [ConfigurationProblem] {
    properties.refused().map { property, reason in
      let written = configured.first { $0.name == property.name }
      let place = written?.place ?? .standard
      let name = quotedName(property.name)
      if reason.hasPrefix("No such configuration property") {
        let near = nearestName(to: property.name, among: ClientProperties.knownNames)
        let advice = near.map { "did you mean \(quoted($0))?" } ?? "remove it"
        return ConfigurationProblem(place, "librdkafka rejects the property \(name): No such property; \(advice)")
      }
      if property.name.hasPrefix("sasl.oauthbearer."), reason.contains("not supported in this build") {
        return ConfigurationProblem(
          place,
          "kafka.\(property.name): this librdkafka (\(LibraryVersion.text)) is built without OpenID Connect, as Debian"
            + " 12's is; let a program fetch the tokens, and write sasl.oauthbearer.token: {file: PATH} or {command:"
            + " COMMAND}")
      }
      // It quotes the value that it refuses.
      let words = written?.value.isSecret == true ? "the value is not allowed" : reason
      return ConfigurationProblem(place, "librdkafka rejects the property \(name): \(words)")
    }
  }

  /// Addresses that librdkafka would drop with a line in its log, and then wait forever for others.
  private var serverProblems: [ConfigurationProblem] {
    guard let servers = value("bootstrap.servers") else { return [] }
    let addresses = servers.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    if addresses.isEmpty {
      return [problem("bootstrap.servers", "names no broker; write HOST:PORT, such as \"localhost:9092\"")]
    }
    return addresses.compactMap { address in
      BrokerAddress.validationError(address, securityProtocol: value("security.protocol") ?? "plaintext").map {
        problem("bootstrap.servers", $0)
      }
    }
  }

  /// Files that cannot be read.
  private var fileProblems: [ConfigurationProblem] {
    let security = value("security.protocol")?.lowercased() ?? "plaintext"
    return properties.properties.compactMap { property in
      guard KafkaProperties.isFile(property.name), !property.value.isEmpty, property.value != "probe" else {
        return nil
      }
      // A token is read again and again: it may come later.
      guard property.name != OAuthTokenSource.fileProperty else { return nil }
      let isUsed = property.name.hasPrefix("ssl.") ? security.hasSuffix("ssl") : isKerberos
      let mayBeDirectory = property.name == "ssl.ca.location"
      guard isUsed, let reason = ConfigurationFile.unreadable(property.value, mayBeDirectory: mayBeDirectory) else {
        return nil
      }
      return problem(property.name, "cannot read \(quotedPath(property.value)): \(reason)", kind: .unreadableFile)
    }
  }
}

extension KafkaProperties {
  /// Whether the property with this name holds the path of a file.
  package static func isFile(_ name: String) -> Bool {
    name.hasPrefix("ssl.") && name.hasSuffix(".location") || name == "sasl.kerberos.keytab"
      || name == OAuthTokenSource.fileProperty
  }

  /// What a client of this side gets.
  ///
  /// - Parameter defaults: the router's own, which what is configured goes before.
  public func clientProperties(_ side: Side, over defaults: ClientProperties) -> ClientProperties {
    var properties = defaults
    for property in forClient(side) { properties[property.name] = property.value.text }
    return properties
  }
}
