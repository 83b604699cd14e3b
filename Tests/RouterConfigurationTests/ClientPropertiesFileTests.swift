import TestSupport
import Testing

@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct ClientPropertiesFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func linesAreProperties() throws {
    let file = try directory.write(
      "# mine\r\n\r\n  security.protocol = sasl_ssl\nsasl.password=a=b # c\nsasl.username=\n", to: "client.properties")
    let properties = try ClientPropertiesFile.read(file)
    #expect(properties.map(\.name) == ["security.protocol", "sasl.password", "sasl.username"])
    #expect(properties.map(\.value.text) == ["sasl_ssl", "a=b # c", ""])
    #expect(properties.map(\.value.isSecret) == [false, true, false])
    #expect(properties[0].place == .file(file, line: 3, column: 1))
  }

  @Test(
    arguments: [
      ("nonsense\n", ":1:1: expected name=value"), ("=x\n", ":1:1: expected name=value"),
      ("\na=1\nsasl.jaas.config=x;\n", ":3:1: sasl.jaas.config is for Kafka's own tools"),
      ("ssl.truststore.location=ca.pem\n", ":1:1: ssl.truststore.location is for Kafka's own tools"),
      ("a=\u{0}\n", #":1:1: "a": the value contains a zero byte"#),
    ])
  func invalidInputIsRejectedWithItsPlace(_ text: String, _ expected: String) throws {
    let file = try directory.write(text, to: "client.properties")
    let error = #expect(throws: ConfigurationErrors.self) { try ClientPropertiesFile.read(file) }
    let problem = try #require(error?.problems.first?.description)
    #expect(problem.hasPrefix(file + expected), "\(problem)")
  }

  @Test func bytesThatAreNotTextAreRejected() throws {
    let bytes = try directory.write([0x61, 0x3D, 0xFF, 0x0A], to: "bytes")
    #expect(throws: ConfigurationErrors.self) { try ClientPropertiesFile.read(bytes) }
    #expect(throws: ConfigurationErrors.self) { try ClientPropertiesFile.read(directory.path) }
    #expect(throws: ConfigurationErrors.self) { try ClientPropertiesFile.read("\(directory.path)/missing") }
    let large = try directory.write(String(repeating: "#", count: 70000), to: "large")
    #expect(throws: ConfigurationErrors.self) { try ClientPropertiesFile.read(large) }
  }

  /// The router's own login, which a user cannot read, is not asked for.
  @Test func itTakesThePlaceOfTheRoutersLogin() throws {
    let file = try directory.write(
      """
      kafka:
        bootstrap.servers: "router:1"
        sasl.password: {file: "/nowhere/password"}
        consumer: {sasl.username: router}
      topics: {prefix: site}
      """, to: "router.yaml")
    let client = try directory.write("bootstrap.servers=mine:2\nsasl.username=alice\n", to: "client.properties")
    let configuration = try Configuration.load(
      file: file, clientFile: client,
      environment: ["ROUTER_KAFKA_SASL_PASSWORD": "secret", "ROUTER_CLIENT_CONFIG": "elsewhere"])
    let properties = configuration.kafka.forClient(.consumer)
    #expect(
      Set(properties.map { "\($0.name)=\($0.value.text)" })
        == ["bootstrap.servers=mine:2", "sasl.username=alice", "sasl.password=secret"])
    #expect(configuration.topics.prefix.value == "site")
    #expect(throws: ConfigurationErrors.self) { try Configuration.load(file: file, environment: [:]) }
  }
}
