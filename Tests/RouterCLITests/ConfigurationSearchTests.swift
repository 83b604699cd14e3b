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
