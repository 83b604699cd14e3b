import Kafka
import Testing

@Suite struct ClientPropertiesTests {
  @Test(arguments: [
    ("bootstrap.server", "x", "No such configuration property: \"bootstrap.server\""),
    ("linger.ms", "soon", "Invalid value for configuration property \"queue.buffering.max.ms\""),
    (
      "session.timeout.ms", "0",
      "Configuration property \"session.timeout.ms\" value 0 is outside allowed range 1..3600000"
    ),
    ("acks", "most", "Invalid value for configuration property \"request.required.acks\""),
    ("compression.type", "zip", "Invalid value \"zip\" for configuration property \"compression.codec\""),
    ("rebalance_cb", "1", "Property \"rebalance_cb\" must be set through dedicated .._set_..() function"),
    ("", "x", "No such configuration property: \"\""),
    ("sasl.password", "abc\0def", "sasl.password holds a NUL character"),
    ("client\0.id", "x", "client\0.id holds a NUL character"),
  ])
  func refusesWithTheWordsOfLibrdkafka(name: String, value: String, words: String) throws {
    var properties: ClientProperties = ["client.id": "good"]
    properties[name] = value
    let refused = properties.refused()
    #expect(refused.map(\.property) == [ClientProperties.Property(name: name, value: value)])
    #expect(refused.first?.reason == words)
    let error = #expect(throws: KafkaError.self) { try Producer(properties: properties, observer: SilentObserver()) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.remedy == .giveUp)
    #expect(error?.reason == words)
    #expect(error?.operation == "set librdkafka property \(name)")
  }

  @Test func refusesEachThatIsWrongAndNoOther() {
    let properties: ClientProperties = ["a": "1", "linger.ms": "5", "b": "2", "acks": "all", "fetch.min.bytes": "-1"]
    #expect(properties.refused().map(\.property.name) == ["a", "b", "fetch.min.bytes"])
  }

  @Test func saysWhatDoesNotGoTogether() {
    let properties: ClientProperties = ["enable.idempotence": "true", "acks": "1"]
    #expect(properties.refused().isEmpty)
    let error = #expect(throws: KafkaError.self) { try Producer(properties: properties, observer: SilentObserver()) }
    #expect(error?.operation == "create a Kafka client")
    #expect(error?.reason == "`acks` must be set to `all` when `enable.idempotence` is true")
  }

  @Test func aConsumerNeedsAGroup() throws {
    let consumer = try Consumer(properties: ClientProperties(), observer: SilentObserver())
    let error = #expect(throws: KafkaError.self) { try consumer.subscribe(to: ["topic"]) }
    #expect(error?.code.name == "_UNKNOWN_GROUP")
  }

  @Test func keepsTheOrderAndTheLastValue() {
    var properties: ClientProperties = ["a": "1", "b": "2", "c": "3"]
    properties["a"] = "4"
    #expect(properties.properties.map(\.name) == ["b", "c", "a"])
    #expect(properties["a"] == "4")
    properties["b"] = nil
    #expect(properties.properties.map(\.name) == ["c", "a"])
    #expect(properties["b"] == nil)
    #expect(ClientProperties(["x": "1", "x": "2"]).properties == [.init(name: "x", value: "2")])
  }

  @Test func mergesOnTop() {
    let base: ClientProperties = ["a": "1", "b": "2"]
    let merged = base.merging(["b": "3", "c": "4"])
    #expect(merged == ["a": "1", "b": "3", "c": "4"])
    #expect(base == ["a": "1", "b": "2"])
    #expect(base.merging(ClientProperties()) == base)
  }
}
