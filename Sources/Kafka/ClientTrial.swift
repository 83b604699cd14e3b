internal import Synchronization

/// Makes a client as a router does, but without brokers, to learn whether librdkafka accepts its properties together.
///
/// `ClientProperties.refused()` looks at each property by itself. Files, logins and properties that exclude each other
/// are looked at only when a client is made.
public enum ClientTrial {
  /// What the client is for.
  public enum Kind: Sendable {
    case consumer
    case producer
    case administration
  }

  /// Makes a client and ends it, within some milliseconds; nothing is connected, and no name is looked up.
  ///
  /// - Returns: why it cannot be made; `nil` where it can.
  public static func refusal(of kind: Kind, with properties: ClientProperties) -> KafkaError? {
    var properties = properties
    for name in ["bootstrap.servers", "metadata.broker.list"] { properties[name] = nil }
    // Nobody is sent a token.
    for name in [OAuthTokenSource.fileProperty, OAuthTokenSource.commandProperty] { properties[name] = nil }
    // 0: no ticket is fetched, so a key distribution center that is away holds nothing up.
    let noTicket = ClientProperties(["sasl.kerberos.min.time.before.relogin": "0"])
    if noTicket.refused().isEmpty { properties = properties.merging(noTicket) }
    let words = Words()
    do throws(KafkaError) {
      switch kind {
      case .consumer: _ = try Consumer(properties: properties, observer: words)
      case .producer: _ = try Producer(properties: properties, observer: words)
      case .administration: _ = try AdminClient(properties: properties, observer: words)
      }
      return nil
    } catch {
      var error = error
      error.reason = ([error.reason] + words.lines).joined(separator: "; ")
      return error
    }
  }

  /// What librdkafka logs beside the error: that a private key needs a password, for instance.
  private final class Words: ClientObserver {
    private let noted = Mutex<[String]>([])

    var lines: [String] { noted.withLock { $0 } }

    func log(_ line: ClientLogLine) {
      // The lines of OpenSSL's own queue say no more than the error, in its inner terms.
      let text = line.message.split(separator: "]: ", maxSplits: 1).last.map { String($0) } ?? line.message
      guard line.severity <= 4, line.facility != "CONFWARN", !text.hasPrefix("error:") else { return }
      noted.withLock { $0.append(text) }
    }

    func failed(_ error: KafkaError) {}
  }
}
