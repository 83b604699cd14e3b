import Foundation
import Kafka
import TestSupport
import Testing

@testable import MetricRouter
@testable import RouterCLI

/// What commands say that ask the configured brokers for something.
@Suite(.timeLimit(.minutes(2))) struct AskingBrokersTests {
  @Test(.requiresKafka, arguments: [["health"], ["replay", "--fast"], ["topics", "list"]])
  func aWrongPasswordIsNotABrokerThatIsDown(_ words: [String]) async throws {
    var environment: [String: String?] = [
      "ROUTER_INSTANCE": "one",
      "ROUTER_DECOMPOSITION": Repository.recording.appending(path: "decomp.json").path,
      "ROUTER_TOPICS_DIRECTORY": Repository.root.appending(path: "topics").path,
    ]
    for (name, value) in try await KafkaCluster.shared(.sasl).clientProperties(as: .userA) {
      environment["ROUTER_KAFKA_" + name.uppercased().replacing(".", with: "_")] = value
    }
    environment["ROUTER_KAFKA_SASL_PASSWORD"] = "wrong"
    let outcome = try await RouterProgram.run(words, environment: environment, directory: Repository.root.path)
    #expect(outcome.status == .exited(77), "\(outcome.errorText)")
    #expect(outcome.errorText.hasPrefix("router: the broker at "))
    #expect(outcome.errorText.contains(" rejects the credentials: "))
  }

  @Test func replayNeedsTheRecordingsOwnDecomposition() async throws {
    let broker = try EmbeddedBroker()
    let directory = try TemporaryDirectory()
    try directory.write(
      #"{"type":"static","rows":[{"schema":"mine","cols":[{"src":"producer","type":"char_array"}]}]}"#,
      to: "decomp.json")
    let topics = Repository.root.appending(path: "topics").path
    try directory.write("topics: {directory: \(topics)}\n", to: "router.yaml")
    let recording = Repository.recording.path
    let words = ["replay", "--recording", recording, "--config", directory.path + "/router.yaml"]
    let brokers = ["ROUTER_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrapServers]
    let other = try await RouterProgram.run(words, environment: brokers)
    #expect(other.status == .exited(66))
    #expect(other.errorText.hasPrefix("router: the brokers do not have the topics "))
    #expect(other.errorText.contains("set decomposition to \(recording)/decomp.json"), "\(other.errorText)")

    let own = try await RouterProgram.run(
      words, environment: brokers.merging(["ROUTER_DECOMPOSITION": recording + "/decomp.json"]) { $1 })
    #expect(own.status == .exited(66))
    #expect(
      own.errorText.contains("Create them with 'router topics apply --config \(directory.path)/router.yaml'"),
      "\(own.errorText)")
  }

  @Test func aRecordingIsMissingOrWrong() async throws {
    let directory = try TemporaryDirectory()
    for command in ["demo", "replay"] {
      let missing = try await RouterProgram.run([command, "--recording", directory.path + "/nowhere"])
      #expect(missing.status == .exited(66), "\(command)")
      #expect(missing.errorText.contains("index.tsv: cannot be opened: No such file or directory"))
    }
    try directory.write("no index\n", to: "index.tsv")
    for command in ["demo", "replay"] {
      let wrong = try await RouterProgram.run([command, "--recording", directory.path])
      #expect(wrong.status == .exited(65), "\(command): \(wrong.errorText)")
    }
  }

  @Test func adviceKeepsTheOptionsThatWereGiven() throws {
    let words = ["topics", "prune", "--older-than", "90m", "--user", "it's me", "--json", "--config", "a b.yaml"]
    guard case .run(_, let arguments) = try CommandLineParser.parse(words, root: Router.command) else {
      Issue.record("not a command")
      return
    }
    #expect(
      arguments.command(
        "router topics prune",
        keeping: [SharedOptions.config, TopicsPruneCommand.olderThan, TopicsListCommand.user], adding: ["--apply"])
        == #"router topics prune --older-than 1h30m --user 'it'\''s me' --config 'a b.yaml' --apply"#)
  }
}
