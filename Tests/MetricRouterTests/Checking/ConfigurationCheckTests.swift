import Decomp
import Foundation
import TestSupport
import Testing

@testable import MetricRouter

@Suite struct ConfigurationCheckTests {
  /// With the recording's decomposition and the repository's declarations of topics.
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "topics"), to: directory.url.appending(path: "topics"))
    try FileManager.default.copyItem(
      atPath: Capture.recording.path("decomp.json"), toPath: directory.path + "/decomp.json")
  }

  private func site(_ configuration: String) throws -> String {
    try directory.write(configuration, to: "router.yaml")
  }

  @Test func exampleConfigurationCanBeUsed() throws {
    let file = try site(
      String(contentsOf: Repository.root.appending(path: "examples/router.yaml"), encoding: .utf8))
    let check = try ConfigurationCheck(file: file, environment: [:])
    #expect(check.decompositions.count == 1)
    #expect(check.warnings.isEmpty)
    #expect(check.settings.inputs.count == 7)
  }

  @Test func environmentGoesBeforeTheFile() throws {
    let file = try site("group: a\n")
    #expect(try ConfigurationCheck(file: file, environment: ["ROUTER_GROUP": "b"]).settings.group == "b")
  }

  @Test func everythingThatIsWrongIsToldAtOnce() throws {
    let file = try site(
      """
      decomposition: [decomp.json, missing.json, bad.json]
      kafka: {no.such.property: 1}
      topics: {directory: nowhere}
      http: {token-file: no-token}
      """)
    try directory.write(#"{"type":"foo"}"#, to: "bad.json")
    let error = try #require(throws: ConfigurationCheckError.self) {
      try ConfigurationCheck(file: file, environment: [:])
    }
    #expect(error.decompositions.map(\.kind) == [.unreadable, .refused])
    for words in ["missing.json", "no.such.property", "topics.directory", "no-token"] {
      #expect(error.problems.contains { $0.message.contains(words) }, "\(words) in \(error.problems)")
    }
    // What stands in for the files that cannot be read says nothing of its own.
    #expect(error.problems.count == 4)
    #expect(error.problems.allSatisfy { $0.place.path == file })
  }

  /// What is not served needs no token.
  @Test func theFileOfTheTokenIsReadAsTheRouterDoes() throws {
    try directory.write("short", to: "token")
    let error = try #require(throws: ConfigurationCheckError.self) {
      try ConfigurationCheck(file: try site("http: {token-file: token}\n"), environment: [:])
    }
    #expect(error.problems.count == 1)
    #expect(error.problems[0].message.contains("http.token-file"))
    let unserved = try site("http: {listen: off, token-file: token}\n")
    #expect(throws: Never.self) { try ConfigurationCheck(file: unserved, environment: [:]) }
  }

  @Test func wrongConfigurationIsToldAlone() throws {
    let file = try site("grop: x\n")
    let error = try #require(throws: ConfigurationCheckError.self) {
      try ConfigurationCheck(file: file, environment: [:])
    }
    #expect(error.problems.map(\.message) == [#"unknown key "grop"; did you mean "group"?"#])
    #expect(error.decompositions.isEmpty)
  }

  @Test func givenDecompositionsReplaceTheConfigured() throws {
    let file = try site("decomposition: missing.json\n")
    let given = try TestPlan.decomposition(columns: ["timestamp", "producer"], schema: "given")
    let check = try ConfigurationCheck(file: file, environment: [:], decompositions: [given])
    #expect(check.settings.inputs == ["given"])
  }

  /// Configured inputs, and what is said about them.
  static let inputs: [(inputs: String, words: [String])] = [
    ("[]", []),
    (#"["^.*$"]"#, []),
    (#"["^[a-z0-9]+$"]"#, []),
    ("[dstat, loadavg, meminfo, procinterrupts, procnetdev2, procstat2, vmstat]", []),
    ("[dstat, loadavg, meminfo, procinterrupts, procnetdev2, procstat2]", [#"the topic "vmstat""#]),
    (#"["^[a-m].*", procinterrupts, "^procn", procstat2]"#, [#"the topic "vmstat""#]),
    (#"["^.*$", meminfos]"#, [#"all rows of "meminfos" will be dead-lettered as unknown-schema"#]),
  ]

  @Test(arguments: inputs) func inputsAreComparedWithTheDecomposition(
    _ case: (inputs: String, words: [String])
  ) throws {
    let file = try site("inputs: \(`case`.inputs)\n")
    let warnings = try ConfigurationCheck(file: file, environment: [:]).warnings
    #expect(warnings.count == `case`.words.count, "\(warnings)")
    for words in `case`.words { #expect(warnings.contains { $0.message.contains(words) }, "\(warnings)") }
  }

  @Test func rowsThatAreStoredAsTheyAreNeedAPattern() throws {
    let file = try site("inputs: [meminfo]\n")
    let asIs = try Decomposition(file: Capture.asIs.path("decomp.json"))
    let warnings = try ConfigurationCheck(file: file, environment: [:], decompositions: [asIs]).warnings
    #expect(warnings.contains { $0.message.contains("no topic of such rows is among them") })
  }
}
