import Foundation
import Testing

@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration

@Suite struct ConfigurationExampleTests {
  private let path = ConfigurationFolder.repository.appending(path: "examples/router.yaml")

  /// The example with its keys no longer commented out: a `#` directly before a key, or before two blanks and a key.
  static func uncommented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.firstMatch(of: /^#(?:  )?[a-z-]+:/) == nil ? String(line) : String(line.dropFirst())
    }.joined(separator: "\n")
  }

  @Test func theExampleIsTheDefaults() throws {
    var expected = Configuration()
    let directory = path.deletingLastPathComponent().path
    expected.decomposition = [Located("\(directory)/decomp.json")]
    expected.topics.directory = Located("\(directory)/topics")
    #expect(try Configuration.load(file: path.path, environment: [:]) == expected)
  }

  /// The example with a secret, which stays a comment, is valid too.
  @Test func theExampleOfASecretIsRead() throws {
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
    let yaml = lines.filter { $0.hasPrefix("#   ") }.map { $0.dropFirst(4) }.joined(separator: "\n")
    let folder = try ConfigurationFolder()
    try folder.write("kafka-password", "secret\n")
    let loaded = try Configuration.load(file: folder.write("router.yaml", yaml), environment: [:])
    #expect(loaded.kafka.common.contains { $0.name == "sasl.password" && $0.value.text == "secret" })
    #expect(loaded.kafka.producer.map(\.name) == ["compression.type"])
  }

  @Test func everySupportedKeyIsInTheExampleAtItsDefault() throws {
    let yaml = Self.uncommented(try String(contentsOf: path, encoding: .utf8))
    let document = try YAMLDocument(parsing: Array(yaml.utf8), path: "router.yaml")
    var paths: [String] = []
    func gather(_ node: YAMLNode, _ prefix: String) {
      guard case .mapping(let entries) = node.content else { return }
      for entry in entries {
        let path = prefix + entry.key
        paths.append(path)
        if path != "kafka" { gather(entry.value, path + ".") }
      }
    }
    gather(document.root, "")
    let supported = ConfigurationKey.all
    #expect(paths.filter { ConfigurationKey.named($0) != nil } == supported.map(\.path))
    let loaded = try loadedConfiguration(yaml)
    for key in supported {
      guard case .setting(_, let write) = key.meaning else { continue }
      #expect(write(loaded).hasSuffix(write(Configuration())), "\(key.path)")
    }
    #expect(loaded.kafka.description == Configuration().kafka.description)
  }
}
