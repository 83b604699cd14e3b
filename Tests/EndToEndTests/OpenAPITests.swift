import Foundation
import MetricRouter
import TestSupport
import Testing

/// The OpenAPI document against the answers of a router that has jobs.
@Suite(
  .requiresKafka,
  .enabled(
    if: Schemathesis.path != nil, "schemathesis is not installed (pip install schemathesis, or set SCHEMATHESIS)"),
  .timeLimit(.minutes(4)))
struct OpenAPITests {
  @Test(arguments: [nil, "what-only-operators-know-0123456789"])
  func aRunningRouterAnswersAsItSays(_ token: String?) async throws {
    let stage = try Stage(try await KafkaCluster.shared(.one))
    try stage.makeTopics(Dictionary(uniqueKeysWithValues: LiveRows.schemas.map { ($0 + stage.tag, 1) }))
    let live = try LiveRows(stage, ["userA:101:c1", "userA:102:c2", "userB:201:c3"], partitions: 1)
    let directory = try TemporaryDirectory()
    var environment: [String: String] = [:]
    if let token {
      let file = directory.url.appending(path: "token").path
      let isWritten = FileManager.default.createFile(
        atPath: file, contents: Data(token.utf8), attributes: [.posixPermissions: 0o600])
      #expect(isWritten)
      environment["ROUTER_HTTP_TOKEN_FILE"] = file
    }
    let router = try await IndexedRouter(try RouterFile(stage), environment: environment, token: token)
    try await router.wait("three jobs") { $0.totals.active == 3 }
    try await Schemathesis.check(port: router.port, token: token)
    try await live.stop()
    try await router.stop()
  }
}
