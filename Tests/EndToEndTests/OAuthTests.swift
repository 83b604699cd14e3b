import Access
import Foundation
import Kafka
import MetricRouter
import Synchronization
import TestSupport
import Testing

/// A login by tokens that expire while the router runs.
@Suite(.requiresKafka, .timeLimit(.minutes(4))) struct OAuthTests {
  /// A broker that also takes unsigned tokens, and closes every connection after 3 s: without a fresh token there is no
  /// other. (A real site has signed tokens; to a client they are the same.)
  private static let settings = [
    "sasl.enabled.mechanisms": "PLAIN,OAUTHBEARER",
    "listener.name.sasl_plaintext.oauthbearer.sasl.jaas.config":
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
      + " unsecuredLoginStringClaim_sub=\"admin\";",
    "listener.name.sasl_plaintext.oauthbearer.connections.max.reauth.ms": "3000",
  ]

  /// Prints a token of the user `admin` that lives for six seconds or as long as it is told, and notes that it was asked.
  private static let script = """
    part() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
    now=$(date +%s)
    echo asked >> "$0.asked"
    printf '%s.%s.\\n' "$(printf '{"alg":"none"}' | part)" \\
      "$(printf '{"sub":"admin","iat":%d,"exp":%d}' "$now" $((now + ${1:-6})) | part)"
    """

  @Test func tokensAreFetchedAndRefreshedForEveryClient() async throws {
    let cluster = try await KafkaCluster.start(.sasl, settings: Self.settings)
    let site = try SecuredSite(cluster, as: .admin, acl: .off)
    let directory = try TemporaryDirectory()
    let script = try directory.write(Self.script, to: "token")
    let login: [String: String?] = ["ROUTER_KAFKA_SASL_MECHANISM": "OAUTHBEARER"]
    func variables(_ source: String, _ value: String) -> [String: String?] {
      login.merging(["ROUTER_KAFKA_SASL_OAUTHBEARER_TOKEN_\(source)": value]) { $1 }
    }
    let environment = variables("COMMAND", "sh \(script)")

    // Without a source it would wait forever; a source without a token can have one later.
    for command in ["check", "run"] {
      let lost = try await site.run(command, environment: login)
      #expect(lost.status == .exited(78) && lost.errorText.contains("needs a source of tokens"))
    }
    let absent = directory.path + "/absent"
    let early = try await site.run("check", environment: variables("FILE", absent))
    #expect(early.status == .exited(0), "\(early.errorText)")
    #expect(early.errorText.contains("warning: kafka.sasl.oauthbearer.token: there is no token now: the file"))
    #expect(early.errorText.contains("No such file or directory"))
    let waiting = Complaints()
    var properties = SiteReader(cluster, as: .admin).properties
    properties["sasl.mechanism"] = "OAUTHBEARER"
    properties[OAuthTokenSource.fileProperty] = absent
    let client = try AdminClient(properties: properties, observer: waiting)
    try await eventually("the complaint about the file", within: .seconds(20)) {
      client.poll()
      return waiting.errors.contains { $0.isMissingToken && $0.reason.contains(absent) }
    }
    let topics = try await site.run("topics", environment: variables("COMMAND", "echo no >&2; exit 3"))
    #expect(topics.status == .exited(77))
    #expect(topics.errorText.contains("exit status 3: no"), "\(topics.errorText)")

    // Every client of a router, for longer than a token lives.
    let rows = try site.stage.rows(of: .recording, first: 400)
    let half = Array(rows[..<200])
    try site.stage.makeInputs(rows)
    let check = try await site.run("check", "--connect", environment: environment)
    #expect(check.status == .exited(0), "\(check.outputText)\(check.errorText)")
    let router = try site.start(["run"], environment: environment)
    let reader = try site.stage.groupReader
    try site.stage.feed(half)
    try await eventually("the first half, by a router that says \(router.errorText)", within: .seconds(60)) {
      (try? site.stage.committed(half, reader)) == Stage.ends(of: half)
    }
    let before = try asked(script)
    try await eventually("two more tokens", within: .seconds(30)) { try asked(script) >= before + 2 }
    try site.stage.feed(rows[200...])
    try await eventually("the second half, by a router that says \(router.errorText)", within: .seconds(60)) {
      (try? site.stage.committed(rows, reader)) == Stage.ends(of: rows)
    }
    #expect(try await router.terminate(within: .seconds(15)) == .exited(0))
    #expect(!router.errorText.contains("Failed to acquire"), "\(router.errorText)")
    #expect(!router.errorText.contains("_AUTHENTICATION"), "\(router.errorText)")
    for words in [["topics"], ["tail", "--user", "userA", "--from-beginning", "-n", "1"]] {
      let command = try site.start(words, environment: environment)
      #expect(try await command.wait(within: .seconds(60)) == .exited(0), "\(command.errorText)")
      #expect(command.outputText.contains("userA"), "\(command.outputText)")
    }

    // The file that was missing has a token by now, and the client that has waited for it takes it.
    let token = try await RunningProcess.run("sh", [script, "600"])
    try directory.write(token.outputText, to: "absent")
    try await eventually("the client that waited", within: .seconds(30)) {
      (try? client.describeCluster(timeoutMilliseconds: 500)) != nil
    }
    try await cluster.stop()
  }

  private func asked(_ script: String) throws -> Int {
    try String(contentsOfFile: script + ".asked", encoding: .utf8).count { $0 == "\n" }
  }

  private final class Complaints: ClientObserver {
    private let kept = Mutex<[KafkaError]>([])
    var errors: [KafkaError] { kept.withLock { $0 } }
    func log(_ line: ClientLogLine) {}
    func failed(_ error: KafkaError) { kept.withLock { $0.append(error) } }
  }
}
