internal import Wording

/// The rules of `bootstrap.servers` (`rd_kafka_broker_name_parse` of librdkafka).
package enum BrokerAddress {
  private static let protocols = ["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]

  /// Why librdkafka would drop an address of the list, and what to write; `nil` where it takes it.
  package static func validationError(_ address: some StringProtocol, securityProtocol: String) -> String? {
    let parts = address.split { $0.isWhitespace || $0 == ";" }
    guard parts.count == 1 else {
      return "\(quoted(address)) is not an address; separate brokers by commas: \(quoted(parts.joined(separator: ",")))"
    }
    var rest = String(address)
    if let scheme = rest.firstRange(of: "://") {
      let name = rest[..<scheme.lowerBound].lowercased()
      let host = rest[scheme.upperBound...].prefix { $0 != "/" }
      guard name == securityProtocol.lowercased() else {
        let advice =
          protocols.contains(name) ? "\(quoted(host)), and set security.protocol: \(name)" : "\(quoted(host))"
        return "\(quoted(address)) has a scheme, and Kafka's addresses have none; write \(advice)"
      }
      rest = String(rest[scheme.upperBound...])
    }
    guard !rest.contains("/") else {
      return "\(quoted(address)) has a path, and Kafka's addresses have none; write"
        + " \(quoted(rest.prefix { $0 != "/" }))"
    }
    // An IPv6 address without brackets has colons of its own.
    guard let colon = rest.lastIndex(of: ":"), rest[..<colon].last == "]" || !rest[..<colon].contains(":") else {
      return nil
    }
    let port = rest[rest.index(after: colon)...]
    guard port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), UInt16(port) ?? 0 > 0 else {
      return "\(quoted(address)) has no port from 1 to 65535; write HOST:PORT, such as \"localhost:9092\""
    }
    return nil
  }
}
