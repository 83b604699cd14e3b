import Foundation
import Kafka
import TestSupport
import Testing

/// `router check --connect` where no Apache Kafka is needed.
@Suite struct CheckCommandConnectTests {
  @Test(.timeLimit(.minutes(2))) func embeddedBrokerHasWhatIsNeeded() async throws {
    let broker = try EmbeddedBroker()
    let connection = try CheckConnection(broker)
    for topic in connection.inputs { try broker.createTopic(topic, partitions: 3) }
    let check = try await connection.run()
    #expect(check.code == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains("brokers: 1 broker (\(broker.bootstrapServers)), answered in "))
    for topic in connection.inputs {
      #expect(check.output.contains("input \(topic): 3 partitions"))
      #expect(check.output.contains("lag \(topic): nothing is committed yet"))
    }
    #expect(check.output.contains("group \(connection.group): offsets can be committed"))
    #expect(check.output.contains("reading: 2 input topics can be read"))
    #expect(check.output.contains("writing: the brokers accept an idempotent producer"))
    #expect(check.output.contains("unknown  controller: these brokers have none"))
    #expect(check.output.hasSuffix("\nA router can work with this cluster.\n"))
  }

  @Test(.timeLimit(.minutes(2))) func missingInputIsNamedWithTheNearest() async throws {
    let broker = try EmbeddedBroker()
    let connection = try CheckConnection(broker, inputs: 2)
    try broker.createTopic(connection.inputs[0], partitions: 1)
    let check = try await connection.run()
    #expect(check.code == 1, "\(check.output)")
    #expect(check.output.contains("input \(connection.inputs[0]): 1 partition"))
    #expect(check.output.contains("error    input \(connection.inputs[1]): the topic does not exist"))
    #expect(check.output.contains("Did you mean \"\(connection.inputs[0])\"?"))
    #expect(check.output.contains("A router cannot work with this cluster: 1 error."))

    let json = try await connection.run(["--json"])
    #expect(json.code == 1)
    let cluster = try #require(try json.json()["cluster"] as? [String: Any])
    #expect(cluster["trouble"] as? String == "wrong")
    let lines = try #require(cluster["lines"] as? [[String: Any]])
    #expect(lines.first?["verdict"] as? String == "ok")
    #expect(lines.contains { $0["verdict"] as? String == "error" && $0["remedy"] is String })
  }

  @Test(.timeLimit(.minutes(2))) func regularExpressionStandsForWhatIsThere() async throws {
    let broker = try EmbeddedBroker()
    let connection = try CheckConnection(
      ["bootstrap.servers": broker.bootstrapServers], configuration: "inputs: [\"^check-.*-[0-9]$\"]\n")
    let nothing = try await connection.run()
    #expect(nothing.code == 1)
    #expect(nothing.output.contains("inputs ^check-.*-[0-9]$: no visible topic matches the regular expression"))

    for topic in connection.inputs + ["check-other-1", "\(connection.prefix).user.a.rows"] {
      try broker.createTopic(topic, partitions: 1)
    }
    let check = try await connection.run()
    #expect(check.code == 0, "\(check.output)")
    #expect(check.output.contains("inputs ^check-.*-[0-9]$: 3 topics: "))
    #expect(
      check.output.contains("warning  input check-other-1: all of its rows will be dead-lettered as unknown-schema"))
    #expect(try await connection.run(["--strict"]).code == 1)
  }

  @Test(.timeLimit(.minutes(2))) func topicsOfSlurmsMessagesAreLookedAt() async throws {
    let broker = try EmbeddedBroker()
    let connection = try CheckConnection(
      ["bootstrap.servers": broker.bootstrapServers],
      configuration: "inputs: [\"^check-.*-[0-9]$\"]\njobs: {events: [check-ends-1, check-starts]}\n")
    for topic in connection.inputs + ["check-ends-1"] { try broker.createTopic(topic, partitions: 1) }
    let check = try await connection.run()
    #expect(check.code == 1, "\(check.output)")
    #expect(check.output.contains("inputs ^check-.*-[0-9]$: 2 topics: "), "Slurm's messages are no rows")
    #expect(check.output.contains("jobs.events check-ends-1: 1 partition"))
    #expect(check.output.contains("error    jobs.events check-starts: the topic does not exist"))
    #expect(check.output.contains("topic_job_start"))
    #expect(check.output.contains("reading jobs.events: 1 topic can be read"))
    #expect(check.output.contains("jobs.events check-ends-1: Slurm has written no message there yet"))
  }

  @Test(.timeLimit(.minutes(2))) func nobodyListens() async throws {
    let port = try FreePort.pick()
    let connection = try CheckConnection(["bootstrap.servers": "127.0.0.1:\(port)"])
    let began = ContinuousClock.now
    let check = try await connection.run()
    #expect(check.code == 69)
    #expect(check.output.contains("error  brokers: no broker answers at 127.0.0.1:\(port) within "))
    #expect(check.output.contains("Connection refused"))
    #expect(check.output.contains("kafka: bootstrap.servers (router.yaml:4:"))
    // Refused at once, so not the whole ten seconds.
    #expect(ContinuousClock.now - began < .seconds(9))
    let named = try await CheckConnection(["bootstrap.servers": "no-such-host.invalid:9092"]).run(["--timeout", "3s"])
    #expect(named.code == 69)
    #expect(named.output.contains("no-such-host.invalid:9092"))
  }

  @Test(.timeLimit(.minutes(2))) func aClientThatCannotBeMadeIsTheConfigurationsFault() async throws {
    let connection = try CheckConnection([
      "bootstrap.servers": "127.0.0.1:1", "security.protocol": "ssl", "ssl.ca.location": "/nowhere/ca.pem",
    ])
    let check = try await connection.run()
    #expect(check.code == 78, "\(check.output)\(check.errors)")
  }

  @Test(.timeLimit(.minutes(2))) func silenceHasADeadline() async throws {
    let listener = try SilentListener()
    let connection = try CheckConnection(["bootstrap.servers": "127.0.0.1:\(listener.port)"])
    let began = ContinuousClock.now
    let check = try await connection.run(["--timeout", "1s"])
    #expect(check.code == 69)
    #expect(check.output.contains("no broker answers at 127.0.0.1:\(listener.port)"))
    #expect(ContinuousClock.now - began < .seconds(20))
  }

  @Test(.timeLimit(.minutes(2))) func slowBrokerIsWaitedFor() async throws {
    let broker = try EmbeddedBroker()
    let connection = try CheckConnection(broker, inputs: 1)
    try broker.createTopic(connection.inputs[0], partitions: 1)
    broker.setRoundTripTime(ofBroker: 1, milliseconds: 300)
    let check = try await connection.run(["--timeout", "20s"])
    #expect(check.code == 0, "\(check.output)")
  }

  /// The request that is refused, with which code, and what is said about it.
  static let refusals: [(request: EmbeddedBroker.Request, code: KafkaErrorCode, words: String)] = [
    (.offsetFetch, .groupAuthorizationFailed, "Grant READ on the group"),
    (.offsetCommit, .groupAuthorizationFailed, "Grant READ on the group"),
    (.findCoordinator, .groupAuthorizationFailed, "Grant READ on the group"),
    (.listOffsets, .topicAuthorizationFailed, "Grant READ on the topic"),
    (.initProducerID, .clusterAuthorizationFailed, "Grant WRITE on topics that begin with"),
  ]

  @Test(.timeLimit(.minutes(2)), arguments: refusals) func missingPermissionsAreRefusals(
    _ case: (request: EmbeddedBroker.Request, code: KafkaErrorCode, words: String)
  ) async throws {
    let broker = try EmbeddedBroker()
    let connection = try CheckConnection(broker)
    for topic in connection.inputs { try broker.createTopic(topic, partitions: 1) }
    broker.failNext(`case`.request, with: Array(repeating: `case`.code, count: 100))
    let check = try await connection.run(["--timeout", "3s"])
    #expect(check.code == 77, "\(check.output)")
    #expect(check.output.contains("a permission is missing"), "\(check.output)")
    #expect(check.output.contains(`case`.words))
    #expect(check.output.contains("A router cannot work with this cluster: "))
  }

  @Test(.timeLimit(.minutes(2))) func optionsThatDoNothingAreRejected() async throws {
    let directory = try TemporaryDirectory()
    let site = try CheckSite("")
    for (arguments, place, words) in [
      (["--connect"], directory.path, "--connect needs a configuration"),
      (["--connect", Capture.recording.path("decomp.json")], directory.path, "--connect needs a configuration"),
      (["--timeout", "1s"], site.directory.path, "--timeout needs --connect"),
      (["--connect", "--timeout", "1ms"], site.directory.path, "--timeout cannot be '1ms'"),
      (["--connect", "--timeout", "soon"], site.directory.path, "--timeout cannot be 'soon'"),
      (["--conect"], site.directory.path, "--connect"),
    ] {
      let check = try await CheckProgram.run(arguments, directory: place)
      #expect(check.code == 64, "\(arguments)")
      #expect(check.errors.contains(words), "\(check.errors)")
    }
  }

  @Test(.timeLimit(.minutes(2))) func wrongConfigurationIsNotConnected() async throws {
    let site = try CheckSite("grop: x\n")
    let check = try await site.run(["--connect"])
    #expect(check.code == 78)
    #expect(check.output.isEmpty)
  }
}

/// A port that takes connections and never says anything.
final class SilentListener {
  let port: UInt16
  private let descriptor: CInt

  init() throws {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isListening else { throw SystemError("listen on a port") }
    self.descriptor = descriptor
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit {
    close(descriptor)
  }
}
