public import ConfigurationFiles
package import Kafka
internal import Wording

/// How clients log in, and what librdkafka says where that cannot work.
extension KafkaClientCheck {
  private static let mechanisms = ["GSSAPI", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"]

  package var usesLogin: Bool { value("security.protocol")?.lowercased().hasPrefix("sasl") == true }

  /// librdkafka's default is Kerberos.
  package var mechanism: String { value("sasl.mechanisms") ?? "GSSAPI" }

  package var isKerberos: Bool { usesLogin && mechanism == "GSSAPI" }

  package var loginProblems: [ConfigurationProblem] {
    let tokens = OAuthTokenSource(properties)
    if tokens != nil, !usesLogin || mechanism != "OAUTHBEARER" {
      return [
        problem(
          KafkaProperties.tokenKey,
          "a token is used only with security.protocol sasl_ssl and sasl.mechanism OAUTHBEARER; set them, or remove it")
      ]
    }
    guard usesLogin else { return [] }
    switch mechanism {
    case "OAUTHBEARER":
      // Where librdkafka fetches tokens by itself, or makes ones that mean nothing.
      let isOIDC = value("sasl.oauthbearer.method")?.lowercased() == "oidc"
      let isUnsecured = ["true", "t", "1"].contains(value("enable.sasl.oauthbearer.unsecure.jwt")?.lowercased())
      guard tokens == nil, !isOIDC, !isUnsecured else { return [] }
      return [
        problem(
          "sasl.mechanisms",
          "OAUTHBEARER needs a source of tokens; write sasl.oauthbearer.token: {file: PATH} for"
            + " a file that is kept up to date, or {command: COMMAND} for a command that prints one")
      ]
    case "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512":
      let missing = ["sasl.username", "sasl.password"].filter { value($0)?.isEmpty ?? true }
      guard !missing.isEmpty else { return [] }
      return [
        problem(
          "sasl.mechanisms",
          "\(mechanism) needs \(missing.joined(separator: " and ")); set \(missing.count == 1 ? "it" : "both"), the"
            + " password as {file: PATH}")
      ]
    case "GSSAPI":
      // How tickets come is the site's own business where it says so.
      guard value("sasl.kerberos.keytab")?.isEmpty ?? true, value("sasl.kerberos.kinit.cmd") == nil else { return [] }
      guard configured("sasl.mechanisms") == nil else {
        return [
          problem(
            "sasl.mechanisms",
            "GSSAPI (Kerberos) needs sasl.kerberos.keytab, the file with the key of sasl.kerberos.principal; set both")
        ]
      }
      return [
        problem(
          "security.protocol",
          "without sasl.mechanism the login is by GSSAPI (Kerberos), which needs sasl.kerberos.keytab; set"
            + " sasl.mechanism, or the keytab and sasl.kerberos.principal")
      ]
    case let other where !Self.mechanisms.contains(other):
      let near = nearestName(to: other, among: Self.mechanisms).map { "did you mean \($0)?" }
      return [
        problem(
          "sasl.mechanisms",
          "librdkafka does not support the mechanism \(quoted(other)); \(near ?? "use \(Self.mechanisms.joined(separator: ", "))")"
        )
      ]
    default: return []
    }
  }

  /// Why there is no token now, where there should be one; runs the site's command. A router starts without, and asks again
  /// every 10 s.
  public var tokenProblem: ConfigurationProblem? {
    guard let source = OAuthTokenSource(properties) else { return nil }
    do throws(OAuthTokenError) {
      _ = try source.fetch()
      return nil
    } catch {
      return problem(
        KafkaProperties.tokenKey, "there is no token now: \(error). A router starts without one, and retries every 10 s"
      )
    }
  }

  /// Why librdkafka made no client, at the place of the property that it speaks of, with what to do.
  package func explained(_ error: KafkaError) -> ConfigurationProblem {
    let reason = error.reason
    if let (name, content) = Self.fileContents.first(where: { reason.contains($0.name) }), let path = value(name) {
      return problem(
        name, "the file \(quotedPath(path)) cannot be used; it must hold \(content). librdkafka says: \(reason)")
    }
    if reason.hasPrefix("Unsupported partition.assignment.strategy") {
      return problem(
        "partition.assignment.strategy", "\(reason); use range, roundrobin or cooperative-sticky, or remove it")
    }
    // The names in the order in which it gives them; what was configured can be corrected.
    let named = Self.names(in: reason)
    if let property = named.lazy.compactMap({ configured($0) }).first {
      return ConfigurationProblem(
        property.place, "kafka.\(property.name): librdkafka rejects it: \(reason); correct it, or remove it")
    }
    let kind =
      switch kind {
      case .consumer: "consumer"
      case .producer: "producer"
      case .administration: "administration client"
      }
    return ConfigurationProblem(
      configured.last { $0.place != .standard }?.place ?? .standard,
      "kafka: librdkafka cannot create the \(kind): \(reason); correct the properties")
  }

  private static let fileContents: [(name: String, content: String)] = [
    ("ssl.ca.location", "certificates in PEM format (-----BEGIN CERTIFICATE-----)"),
    ("ssl.certificate.location", "a certificate in PEM format (-----BEGIN CERTIFICATE-----)"),
    (
      "ssl.key.location",
      "a private key in PEM format (-----BEGIN PRIVATE KEY-----), and an encrypted one needs ssl.key.password"
    ),
    ("ssl.crl.location", "revocation lists in PEM format (-----BEGIN X509 CRL-----)"),
    ("ssl.keystore.location", "a PKCS#12 keystore, and ssl.keystore.password its password"),
  ]

  /// The properties that a text of librdkafka's names: words of letters and dots, mostly in back-quotes.
  private static func names(in reason: String) -> [String] {
    let known = Set(ClientProperties.knownNames)
    return reason.split { !($0.isASCII && ($0.isLetter || $0.isNumber) || $0 == ".") }
      .map { $0.last == "." ? $0.dropLast() : $0 }.map(String.init).filter { known.contains($0) && $0.contains(".") }
  }
}
