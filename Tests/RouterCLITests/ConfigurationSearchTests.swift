import Foundation
import TestSupport
import Testing

@testable import RouterCLI

/// Which file a command reads where several could be meant.
@Suite struct ConfigurationSearchTests {
  private static let system = "/etc/ldms-router/router.yaml"

  @Test(
    arguments: [
      ("a.yaml", "b.yaml", ["router.yaml", system], .chosen("a.yaml")),
      (nil, "b.yaml", ["router.yaml", system], .chosen("b.yaml")),
      (nil, "", ["router.yaml", system], .chosen("router.yaml")),
      (nil, nil, ["router.yaml"], .chosen("router.yaml")),
      (nil, nil, [system], .system(system)), (nil, "", [system], .system(system)), (nil, nil, [], .none),
      ("missing.yaml", nil, [system], .chosen("missing.yaml")),
    ] as [(String?, String?, [String], ConfigurationSearch.Found)])
  func theNearestIsRead(
    _ option: String?, _ variable: String?, _ files: [String], _ expected: ConfigurationSearch.Found
  ) {
    let search = ConfigurationSearch(option: option, variable: variable) { files.contains($0) }
    #expect(search.found == expected)
  }

  /// A command says where it looked, and a link to nowhere is what somebody meant.
  @Test(arguments: ["run", "replay"]) func absenceIsExplained(_ command: String) async throws {
    let directory = try TemporaryDirectory()
    let variables: [String: String?] = ["ROUTER_CONFIG": nil, "ROUTER_DELIVERY": "sometimes"]
    let nothing = try await RouterProgram.run([command], environment: variables, directory: directory.path)
    #expect(nothing.status == .exited(78))
    let words = "No configuration file was found: there is no \"\(directory.path)/router.yaml\""
    let text = nothing.errorText.replacing(/\s+/, with: " ")
    #expect(text.contains(words), "\(text)")
    #expect(text.contains("and no /etc/ldms-router/router.yaml") == (command == "run"), "\(text)")

    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/router.yaml", withDestinationPath: directory.path + "/elsewhere.yaml")
    let dangling = try await RouterProgram.run([command], environment: variables, directory: directory.path)
    #expect(dangling.errorText.contains("cannot read") && dangling.errorText.contains("router.yaml"))
    #expect(!dangling.errorText.contains("No configuration file was found"), "\(dangling.errorText)")
  }

  @Test func unreachableBrokersNameThePlaceOfTheirAddress() async throws {
    let directory = try TemporaryDirectory()
    let port = try FreePort.pick(1)[0]
    try directory.write("kafka: {bootstrap.servers: \"127.0.0.1:\(port)\"}\n", to: "router.yaml")
    let file = directory.path + "/router.yaml"
    let list = try await RouterProgram.run(["topics", "--timeout", "1s", "--config", file])
    #expect(list.status == .exited(69))
    #expect(
      list.errorText.replacing(/\s+/, with: " ").contains("kafka: bootstrap.servers (\(file):1:9)"), "\(list.errorText)"
    )
  }

  @Test(
    arguments: [
      ("a", ["ROUTER_CLIENT_CONFIG": "b", "HOME": "/home/al"], true, "a"),
      (nil, ["ROUTER_CLIENT_CONFIG": "b", "HOME": "/home/al"], true, "b"),
      (nil, ["HOME": "/home/al"], false, "/home/al/.config/ldms-router/client.properties"),
      // Whoever chose a configuration means its login.
      (nil, ["HOME": "/home/al"], true, nil),
      (nil, ["HOME": "/home/al", "XDG_CONFIG_HOME": "/x"], false, "/x/ldms-router/client.properties"),
      (nil, ["HOME": "/home/al", "XDG_CONFIG_HOME": "x"], false, "/home/al/.config/ldms-router/client.properties"),
      (nil, ["HOME": "/nowhere"], false, nil), (nil, ["HOME": ""], false, nil), (nil, [:], false, nil),
      (nil, ["ROUTER_CLIENT_CONFIG": "", "HOME": "/nowhere"], false, nil),
    ] as [(String?, [String: String], Bool, String?)])
  func theLoginIsFound(
    _ option: String?, _ environment: [String: String], _ isConfigurationChosen: Bool, _ expected: String?
  ) {
    let client = ClientConfiguration(
      option: option, environment: environment, isConfigurationChosen: isConfigurationChosen
    ) { !$0.hasPrefix("/nowhere") }
    #expect(client.file == expected)
  }
}
