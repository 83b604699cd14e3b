import Testing

@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct ConfigurationSecretTests {
  private let secret = "hunter2-geheim"

  @Test(arguments: [
    "sasl.password", "SASL.Password", "sasl.pasword", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password",
    "sasl.oauthbearer.config", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.extensions", "sasl.jaas.config",
    "sasl.oauthbearer.token.endpoint.url", "sasl.kerberos.kinit.cmd", "some.new.secret", "passwd", "ssl.key",
    "https.proxy.password",
  ])
  func secretsAreHidden(_ name: String) {
    #expect(KafkaProperty(name, secret).description == "\(name): (hidden)")
  }

  @Test(arguments: [
    "bootstrap.servers", "sasl.username", "sasl.mechanism", "ssl.ca.location", "ssl.key.location",
    "security.protocol", "enable.ssl.certificate.verification", "client.id", "linger.ms",
  ])
  func otherValuesAreShown(_ name: String) {
    #expect(KafkaProperty(name, "x").description == "\(name): x")
  }

  /// Whatever way a secret comes in, no way of printing brings it out, and the clients get it.
  @Test func noSecretCanBePrinted() throws {
    let folder = try ConfigurationFolder()
    try folder.write("secret", "\(secret)\n")
    let path = try folder.write(
      "router.yaml",
      """
      kafka:
        sasl.password: \(secret)
        client.id: {file: secret}
        ssl.key.pem: {env: KEY}
        consumer: {client.rack: {env: ROUTER_RACK}, ssl.key.password: "\(secret)"}
      """)
    let environment = [
      "KEY": secret, "ROUTER_RACK": secret, "ROUTER_KAFKA_SASL_OAUTHBEARER_CONFIG": secret,
      "ROUTER_KAFKA_PRODUCER_CLIENT_RACK_FILE": "\(folder.path)/secret",
    ]
    let result = try Configuration.load(file: path, environment: environment)
    var dumped = ""
    dump(result, to: &dumped)
    let printed = [
      dumped, "\(result)", String(reflecting: result), "\(result.kafka)", String(reflecting: result.kafka),
      "\(result.kafka.common)", String(reflecting: result.kafka.forClient(.consumer)),
      String(reflecting: result.kafka.forClient(.producer)), String(reflecting: result.kafka.common[0].value),
      String(describing: Mirror(reflecting: result.kafka.common[1].value).children.map(\.value)),
    ]
    for text in printed { #expect(!text.contains(secret), "\(text)") }
    #expect(result.description.contains("sasl.password: (hidden)"))
    let held = result.kafka.forClient(.consumer) + result.kafka.forClient(.producer)
    let names = Set(held.filter { $0.value.text == secret }.map(\.name))
    #expect(
      names == [
        "sasl.password", "client.id", "ssl.key.pem", "client.rack", "ssl.key.password", "sasl.oauthbearer.config",
      ])
  }

  @Test(arguments: [
    "kafka: hunter2-geheim", "kafka: [sasl.password=hunter2-geheim]", "kafka: {sasl.password=hunter2-geheim}",
    "kafka: {sasl.password: [hunter2-geheim]}", "kafka: {sasl.password: {value: hunter2-geheim}}",
    "sasl.password=hunter2-geheim", "sasl.password=hunter2-geheim: 1", "kafka: {sasl.password: \"\\0hunter2-geheim\"}",
    "kafka: {group.id: hunter2-geheim}", "kafka: {consumer: hunter2-geheim}",
    "kafka: {sasl.password: \"hunter2-geheim}",
    "kafka: {sasl.password: hunter2-geheim, sasl.password: hunter2-geheim}", "sasl.password: hunter2-geheim",
    "kafka: {sasl.password: *hunter2}", "kafka: {sasl_password: hunter2-geheim}",
  ])
  func mistakesDoNotPrintTheSecret(_ yaml: String) throws {
    let problems = try configurationComplaints(yaml)
    #expect(!problems.isEmpty)
    for problem in problems { #expect(!problem.contains("geheim")) }
  }

  @Test(arguments: [
    ("\(String(repeating: "x", count: 5))", "xxxxx"), ("a\n", "a"), ("a\n\n", "a\n"), ("a \n", "a "), ("pä", "pä"),
    ("-----BEGIN-----\nx\n-----END-----\n", "-----BEGIN-----\nx\n-----END-----"),
  ])
  func oneLineBreakAtTheEndOfAFileIsDropped(_ contents: String, _ expected: String) throws {
    let folder = try ConfigurationFolder()
    let file = try folder.write("p", contents)
    let result = try Configuration.load(file: nil, environment: ["ROUTER_KAFKA_SASL_PASSWORD_FILE": file])
    #expect(result.kafka.common.last?.value.text == expected)
  }

  @Test(arguments: [
    (
      "{file: none}",
      "cannot read the value of kafka.sasl.password from the file \"DIR/none\": No such file or directory; check the path"
    ),
    (
      "{file: .}",
      "cannot read the value of kafka.sasl.password from the file \"DIR/.\": it is a directory; name a file"
    ),
    ("{file: empty}", "the value of kafka.sasl.password: the file \"DIR/empty\" is empty"),
    ("{file: newline}", "the value of kafka.sasl.password: the file \"DIR/newline\" is empty"),
    ("{file: binary}", "the value of kafka.sasl.password: the file \"DIR/binary\" is not UTF-8 text"),
    ("{file: zero}", "kafka.sasl.password: the value contains a zero byte; remove it"),
    ("{env: NONE}", "kafka.sasl.password: the environment variable \"NONE\" is not set or empty; set it"),
    ("{env: EMPTY}", "kafka.sasl.password: the environment variable \"EMPTY\" is not set or empty; set it"),
    (
      "{file: a, env: b}",
      "kafka.sasl.password: expected a value, {file: PATH} or {env: NAME}, found another mapping; names of properties are written with their dots, as bootstrap.servers"
    ),
    (
      "{file: [a]}",
      "kafka.sasl.password: expected a value, {file: PATH} or {env: NAME}, found another mapping; names of properties are written with their dots, as bootstrap.servers"
    ),
    (
      "{}",
      "kafka.sasl.password: expected a value, {file: PATH} or {env: NAME}, found another mapping; names of properties are written with their dots, as bootstrap.servers"
    ),
  ])
  func secretsThatCannotBeReadAreNamed(_ value: String, _ expected: String) throws {
    let folder = try ConfigurationFolder()
    try folder.write("empty", "")
    try folder.write("newline", "\n")
    try folder.write("binary", [0x61, 0xFF])
    try folder.write("zero", [0x61, 0x00])
    let path = try folder.write("router.yaml", "kafka:\n  sasl.password: \(value)\n")
    let error = #expect(throws: ConfigurationErrors.self) {
      try Configuration.load(file: path, environment: ["EMPTY": ""])
    }
    #expect(error?.problems.count == 1)
    #expect(error?.problems.first?.message.replacing(folder.path, with: "DIR") == expected)
    #expect(error?.problems.first?.place.path == path)
  }

  @Test func aSecretAndItsFileTogetherAreRejected() throws {
    let environment = ["ROUTER_KAFKA_SASL_PASSWORD": "a", "ROUTER_KAFKA_SASL_PASSWORD_FILE": "/b"]
    #expect(
      try configurationComplaints("", environment)
        == ["ROUTER_KAFKA_SASL_PASSWORD_FILE: ROUTER_KAFKA_SASL_PASSWORD is set as well; unset one of them"])
  }
}
