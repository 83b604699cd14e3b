import TestSupport
import Testing

@Suite(.requiresKafka, .timeLimit(.minutes(5))) struct KafkaClusterTests {
  @Test func theSharedBrokerIsStartedOnce() async throws {
    async let one = KafkaCluster.shared(.one)
    async let other = KafkaCluster.shared(.one)
    #expect(try await one === other)
  }

  @Test func kcatReadsAnyBytes() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await ConsoleTool.topics.run(["--create", "--topic", "support-bytes", "--partitions", "2"], on: cluster)
    let kcat = Kcat(cluster)
    #expect(try await kcat.read("support-bytes") == [])
    let payloads: [[UInt8]] = [Array("a\nb\0c %s \\".utf8), [0xff, 0xfe, 0x0a], Array("{}".utf8)]
    try await kcat.write(
      payloads, to: "support-bytes", partition: 1, key: "in/0/7",
      headers: [.init(name: "reason", value: "malformed"), .init(name: "detail", value: "a, b=c, and d")])
    try await kcat.write([Array("bare".utf8)], to: "support-bytes")
    let messages = try await kcat.read("support-bytes")
    let keyed = messages.filter { $0.partition == 1 }
    #expect(keyed.map(\.payload) == payloads)
    #expect(keyed.map(\.offset) == [0, 1, 2])
    #expect(keyed.allSatisfy { $0.key == Array("in/0/7".utf8) && $0.timestamp > 1_600_000_000_000 })
    #expect(keyed.allSatisfy { $0.header("reason") == "malformed" && $0.header("detail") == "a, b=c, and d" })
    let bare = try #require(messages.first { $0.partition == 0 })
    #expect(bare.key == nil && bare.headers.isEmpty && bare.payload == Array("bare".utf8))
    await #expect(throws: KcatError.self) { try await kcat.read("support-no-such-topic") }
  }

  @Test func survivesARestartAndAPause() async throws {
    let cluster = try await KafkaCluster.start(.one)
    let kcat = Kcat(cluster)
    try await ConsoleTool.topics.run(["--create", "--topic", "kept", "--partitions", "1"], on: cluster)
    try await kcat.write([[1]], to: "kept")
    try await cluster.restart()
    try await kcat.write([[2]], to: "kept")
    try await cluster.kill()
    await #expect(throws: KcatError.self) { try await kcat.run(["-L", "-m", "1"]) }
    try await cluster.restart()
    #expect(try await kcat.read("kept").map(\.payload) == [[1], [2]])
    try cluster.pause()
    await #expect(throws: KcatError.self) { try await kcat.run(["-L", "-m", "1"]) }
    try cluster.resume()
    try await kcat.run(["-L"])
    try await cluster.stop()
  }

  @Test func threeBrokersOutliveOne() async throws {
    let cluster = try await KafkaCluster.start(.three)
    #expect(cluster.nodes == [1, 2, 3])
    let topics = try await ConsoleTool.topics.run(["--create", "--topic", "replicated"], on: cluster)
    #expect(topics.outputText.contains("Created topic replicated"))
    try await cluster.kill(2)
    try await Kcat(cluster).write([[1]], to: "replicated")
    #expect(try await Kcat(cluster).read("replicated").map(\.payload) == [[1]])
    try await cluster.stop()
  }

  @Test func usersSeeNothingWithoutAnACL() async throws {
    let cluster = try await KafkaCluster.shared(.sasl)
    try await ConsoleTool.topics.run(["--create", "--topic", "support-acl"], on: cluster)
    let userA = Kcat(cluster, as: .userA)
    await #expect(throws: KcatError.self) { try await userA.read("support-acl") }
    let rule = ["--add", "--allow-principal", "User:userA", "--operation", "Read", "--topic", "support-acl"]
    try await ConsoleTool.acls.run(rule, on: cluster)
    #expect(try await userA.read("support-acl") == [])
    await #expect(throws: KcatError.self) { try await Kcat(cluster, as: .userB).read("support-acl") }
    let listed = try await ConsoleTool.topics.run(["--list"], on: cluster, as: .userA)
    #expect(listed.outputText.contains("support-acl"))
  }

  @Test func showsTheLogOfABrokerThatDoesNotStart() async throws {
    let settings = ["advertised.listeners": "nonsense"]
    let error = await #expect(throws: (any Error).self) { try await KafkaCluster.start(.one, settings: settings) }
    #expect("\(try #require(error))".contains("nonsense"))
  }

  @Test func theConsoleConsumerReads() async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await ConsoleTool.topics.run(["--create", "--topic", "support-console"], on: cluster)
    try await Kcat(cluster).write([Array("hello".utf8)], to: "support-console")
    let consumer = try await ConsoleTool.consumer.run(
      ["--topic", "support-console", "--from-beginning", "--max-messages", "1"], on: cluster)
    #expect(consumer.outputText == "hello\n")
  }
}
