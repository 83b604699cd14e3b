internal import Kafka

/// The properties for librdkafka: common ones, and those for one side only.
public struct KafkaProperties: Sendable, Equatable {
  /// The clients that get a property.
  public enum Side: String, Sendable, CaseIterable {
    case common
    case consumer
    case producer
  }

  /// The properties of every client, in the order in which they were given.
  public private(set) var common: [KafkaProperty]
  /// The properties of the consumer.
  public private(set) var consumer: [KafkaProperty] = []
  /// The properties of the producers.
  public private(set) var producer: [KafkaProperty] = []

  /// The default: a broker on this machine.
  public init() {
    common = [KafkaProperty("bootstrap.servers", "localhost:9092")]
  }

  /// What a client of this side gets, each property once: those of its own side go before common ones.
  ///
  /// `.common` is for clients that are neither, such as the administration's.
  public func forClient(_ side: Side) -> [KafkaProperty] {
    let own: [KafkaProperty] =
      switch side {
      case .common: []
      case .consumer: consumer
      case .producer: producer
      }
    let names = Set(own.map { KafkaProperties.canonical($0.name) })
    return common.filter { !names.contains(KafkaProperties.canonical($0.name)) } + own
  }

  /// Sets a property; one that was set before under the same name or its other name goes.
  public mutating func set(_ property: KafkaProperty, for side: Side) {
    let name = KafkaProperties.canonical(property.name)
    func replace(_ properties: inout [KafkaProperty]) {
      properties.removeAll { KafkaProperties.canonical($0.name) == name }
      properties.append(property)
    }
    switch side {
    case .common: replace(&common)
    case .consumer: replace(&consumer)
    case .producer: replace(&producer)
    }
  }

  /// The name under which a property with two names is known, librdkafka's `RD_KAFKA_CONF` aliases.
  public static func canonical(_ name: String) -> String {
    aliases[name] ?? name
  }

  /// The key under which `{file: PATH}` and `{command: COMMAND}` are written.
  package static let tokenKey = "sasl.oauthbearer.token"

  private static let aliases = [
    "metadata.broker.list": "bootstrap.servers",
    "max.in.flight": "max.in.flight.requests.per.connection",
    "sasl.mechanism": "sasl.mechanisms",
    "linger.ms": "queue.buffering.max.ms",
    "retries": "message.send.max.retries",
    "compression.type": "compression.codec",
    "acks": "request.required.acks",
    "delivery.timeout.ms": "message.timeout.ms",
    "max.partition.fetch.bytes": "fetch.message.max.bytes",
    "auto.commit.enable": "enable.auto.commit",
    // Two forms of the router's own, of which one replaces the other.
    OAuthTokenSource.fileProperty: tokenKey,
    OAuthTokenSource.commandProperty: tokenKey,
  ]
}

extension KafkaProperties: CustomStringConvertible {
  /// A mapping as in `router.yaml`, secrets as `(hidden)`.
  public var description: String {
    var parts = common.map(\.description)
    for (name, properties) in [("consumer", consumer), ("producer", producer)] where !properties.isEmpty {
      parts.append("\(name): {\(properties.map(\.description).joined(separator: ", "))}")
    }
    return "{\(parts.joined(separator: ", "))}"
  }
}
