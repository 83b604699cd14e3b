import Testing

@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct ConfigurationKeyTests {
  @Test func pathsAndVariablesAreUnique() {
    #expect(Set(ConfigurationKey.all.map(\.path)).count == ConfigurationKey.all.count)
    #expect(Set(ConfigurationKey.all.map(\.environmentVariable)).count == ConfigurationKey.all.count)
  }

  @Test(arguments: ConfigurationKey.all)
  func everyKeyIsDocumented(_ key: ConfigurationKey) {
    #expect(key.documentation.hasSuffix("."))
    #expect(!key.documentation.contains("\n"), "the documentation is one paragraph")
    #expect(!key.expectation.isEmpty)
    #expect(!key.defaultValue.isEmpty)
    #expect(!key.example.isEmpty)
  }

  /// Examples and defaults are what the documentation shows: they must be taken.
  @Test(arguments: ConfigurationKey.all)
  func examplesAndDefaultsAreValid(_ key: ConfigurationKey) throws {
    func yaml(_ value: String) -> String {
      let parts = key.path.split(separator: ".")
      return parts.count == 1 ? "\(key.path): \(value)" : "\(parts[0]): {\(parts[1]): \(value)}"
    }
    #expect(try configurationComplaints(yaml(key.example)) == [])
    guard key.path != "instance" else { return }
    #expect(try configurationComplaints(yaml(key.defaultValue)) == [])
    if case .setting(_, let write) = key.meaning {
      #expect(try write(loadedConfiguration(yaml(key.defaultValue))).hasSuffix(key.defaultValue))
    }
  }

  @Test func usersLogInUnderTheirOwnNamesByDefault() {
    #expect(Configuration().aclPrincipal.value == "User:{user}")
  }

  @Test(arguments: [
    ("0s", 0), ("1ms", 1), ("500ms", 500), ("15s", 15_000), ("10m", 600_000), ("24h", 86_400_000), ("7d", 604_800_000),
  ])
  func durationsAreReadAndWritten(_ text: String, _ milliseconds: Int) throws {
    let form = ConfigurationValueType<Duration>.duration(.zero ... .seconds(86_400 * 30))
    let node = YAMLNode(content: .scalar(text, isPlain: true), place: .standard)
    #expect(try form.read(node) == .milliseconds(milliseconds))
    #expect(form.write(.milliseconds(milliseconds)) == text)
  }

  @Test(arguments: ["", "s", "15", "15 s", "-1s", "+1s", "1.5h", "15sec", "31d", "9223372036854775807d", "1s1s", "٣s"])
  func otherDurationsAreRejected(_ text: String) {
    let form = ConfigurationValueType<Duration>.duration(.zero ... .seconds(86_400 * 30))
    let node = YAMLNode(content: .scalar(text, isPlain: true), place: .standard)
    let error = #expect(throws: ConfigurationErrors.self) { try form.read(node) }
    #expect(error?.description.contains("expected a time from 0s to 30d, a whole number with its unit") == true)
  }

  @Test(arguments: [
    "plain", "a b", "a\"b\\c", "true", "no", "null", "~", "", "-", "- a", "{x}", "a: b", "#x", "*a", "5",
  ])
  func textsAreWrittenSoThatTheyAreReadBack(_ text: String) throws {
    let root = try YAMLDocument(parsing: Array("[\(yamlText(text))]".utf8), path: "f").root
    guard case .sequence(let items) = root.content, case .scalar(let read, _)? = items.first?.content else {
      Issue.record("no scalar")
      return
    }
    #expect(items.count == 1)
    #expect(read == text)
    #expect(items.first?.isNull == false)
  }
}
