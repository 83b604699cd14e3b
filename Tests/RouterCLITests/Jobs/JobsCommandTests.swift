import Kafka
import TestSupport
import Testing

@testable import RouterCLI

/// What `router jobs` says where there is no index to be read.
@Suite(.timeLimit(.minutes(1))) struct JobsCommandTests {
  private func run(_ words: String...) throws -> RouterExecutable.Outcome {
    try RouterExecutable.run(executable: RouterExecutable.url, ["jobs"] + words)
  }

  @Test(arguments: [[], ["--watch"], ["--json"], ["4711"]])
  func aMissingIndexIsReported(_ words: [String]) throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("ldms.user.alice.rows", partitions: 1)
    let outcome = try RouterExecutable.run(
      executable: RouterExecutable.url, ["jobs", "--bootstrap", broker.bootstrapServers] + words)
    #expect(outcome.output == "")
    #expect(
      outcome.errors == """
        router: there is no topic ldms.router.jobs
          A router creates it when it starts: is 'router run' running, with these brokers? Without DESCRIBE permission, you \
        cannot see it.

        """)
    #expect(outcome.exitCode == ExitCode.inputMissing.rawValue)
  }

  @Test func anotherPrefixIsNamed() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("site.router.jobs", partitions: 1)
    let outcome = try run("--bootstrap", broker.bootstrapServers)
    #expect(outcome.errors.contains("\n  There is site.router.jobs; --prefix, or topics.prefix in router.yaml, sets"))
    #expect(outcome.exitCode == ExitCode.inputMissing.rawValue)
  }

  @Test func aBrokerThatIsDownIsReported() throws {
    let port = try FreePort.pick(1)[0]
    let outcome = try run("--bootstrap", "127.0.0.1:\(port)")
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("router: no broker answers at 127.0.0.1:\(port): "))
    #expect(outcome.exitCode == ExitCode.brokerUnavailable.rawValue)
  }

  @Test func aWrongPrefixIsAUsageError() throws {
    let outcome = try run("--prefix", "a_b")
    #expect(outcome.errors.hasPrefix("router: --prefix: "))
    #expect(outcome.exitCode == ExitCode.usage.rawValue)
  }

  @Test func completesUsersJobsAndStates() throws {
    let broker = try EmbeddedBroker()
    for topic in ["ldms.user.alice.rows", "ldms.user.alice.job.4711", "ldms.user.bob.rows"] {
      try broker.createTopic(topic, partitions: 1)
    }
    func offered(_ words: String...) throws -> String {
      let outcome = try RouterExecutable.run(
        executable: RouterExecutable.url, ["complete", "--", "jobs", "--bootstrap", broker.bootstrapServers] + words)
      #expect(outcome.errors == "")
      return outcome.output
    }
    #expect(try offered("--user", "") == "words\nalice\t\nbob\t\n")
    #expect(try offered("--user", "alice", "47") == "words\n4711\t\n")
    #expect(try offered("--state", "s") == "words\nsilent\t\n")
    #expect(try offered("--sort", "lo") == "words\nload\t\n")
  }
}
