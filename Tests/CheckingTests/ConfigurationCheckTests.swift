import Decomp
import Foundation
import PlanSupport
import TestSupport
import Testing

@testable import Checking
@testable import ConfigurationFiles
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

  @Test func everythingThatIsWrongIsReportedAtOnce() throws {
    let file = try site(
      """
      decomposition: [decomp.json, missing.json, bad.json]
      kafka: {no.such.property: 1}
      topics: {directory: nowhere}
      http: {token-file: no-token}
      """)
    try directory.write(#"{"type":"foo"}"#, to: "bad.json")
    let error = try #require(throws: RouterSetupError.self) {
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
    let error = try #require(throws: RouterSetupError.self) {
      try ConfigurationCheck(file: try site("http: {token-file: token}\n"), environment: [:])
    }
    #expect(error.problems.count == 1)
    #expect(error.problems[0].message.contains("http.token-file"))
    let unserved = try site("http: {listen: off, token-file: token}\n")
    #expect(throws: Never.self) { try ConfigurationCheck(file: unserved, environment: [:]) }
  }

  @Test func wrongConfigurationIsReportedAlone() throws {
    let file = try site("grop: x\n")
    let error = try #require(throws: RouterSetupError.self) {
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
    (
      #"["^.*$", meminfos]"#,
      [
        #"inputs: "meminfos" is no row schema's topic, so rows of all 7 row schemas are expected in it; did you mean "meminfo"?"#
      ]
    ),
    ("[ldms]", []),
    ("[ldms-a, ldms-b]", []),
    ("[ldms, meminfo]", ["rows of all 7 row schemas are expected in it; if that is not so, correct the name"]),
    (#"["^ldms-.*$"]"#, []),
  ]

  @Test(arguments: inputs) func inputsAreComparedWithTheDecomposition(
    _ case: (inputs: String, words: [String])
  ) throws {
    let file = try site("inputs: \(`case`.inputs)\n")
    let warnings = try ConfigurationCheck(file: file, environment: [:]).warnings
    #expect(warnings.count == `case`.words.count, "\(warnings)")
    for words in `case`.words { #expect(warnings.contains { $0.message.contains(words) }, "\(warnings)") }
  }

  @Test func oneTopicForAsIsAndDeclaredRowsIsWarnedOf() throws {
    let both = [
      try Decomposition(file: Capture.recording.path("decomp.json")),
      try Decomposition(file: Capture.asIs.path("decomp.json")),
    ]
    let file = try site("inputs: [ldms]\n")
    let warnings = try ConfigurationCheck(file: file, environment: [:], decompositions: both).warnings
    #expect(warnings.count == 1)
    #expect(warnings.first?.message.contains("will be dead-lettered as ambiguous-row; remove the as_is part") == true)
  }

  @Test func rowsThatAreStoredAsTheyAreNeedAPattern() throws {
    let file = try site("inputs: [meminfo]\n")
    let asIs = try Decomposition(file: Capture.asIs.path("decomp.json"))
    let warnings = try ConfigurationCheck(file: file, environment: [:], decompositions: [asIs]).warnings
    #expect(warnings.contains { $0.message.contains("no topic of such rows is among them") })
  }

  static let surprises: [(yaml: String, words: [String])] = [
    ("jobs: {silent-after: 2m}", ["jobs.silent-after (2m) is not below jobs.ended-after (1m)"]),
    ("jobs: {silent-after: 30s, ended-after: 30s}", ["not below jobs.ended-after (30s)"]),
    ("jobs: {silent-after: 30s, ended-after: 31s}", []),
    (
      "{identity: {owner-wait: 3s, by-node: exclusive, nodes: c1}, jobs: {events: slurm}}",
      [
        "owner-wait (3s) is too short for rows without a job number (identity.by-node) and for the first rows of a job on a node "
          + "that another job is leaving: Slurm's messages may report them up to 20s later, so they become dead letters; "
          + "choose at least 25s"
      ]
    ),
    ("{identity: {owner-wait: 24s}, jobs: {events: slurm}}", ["owner-wait (24s) is too short for the first rows"]),
    ("{identity: {owner-wait: 24s, shared-nodes: route}, jobs: {events: slurm}}", []),
    ("{identity: {owner-wait: 25s}, jobs: {events: slurm}}", []),
    ("identity: {owner-wait: 3s}", []),
    (
      "jobs: {columns: [loadvag/load1min]}",
      [#"no decomposition declares the columns of a row schema "loadvag"; did you mean"#]
    ),
    ("jobs: {columns: [loadavg/load1mn]}", [#"have no column "load1mn"; did you mean "load1min"?"#]),
    ("jobs: {columns: [\"rate(procstat2/user{nme=cpu})\"]}", [#"no column "nme"; did you mean "name"?"#]),
    ("jobs: {columns: [meminfo/MemFree, zzz/y]}", [#""zzz/y" never has a value"#]),
    ("http: {listen: \"0.0.0.0:9464\"}", ["other machines can connect to 0.0.0.0:9464"]),
    ("http: {listen: \"[::]:9464\"}", ["other machines can connect"]),
    ("http: {listen: \"0.0.0.0:9464\", token-file: token}", []),
    ("http: {listen: \"[::1]:9464\"}", []),
    ("http: {listen: off}", []),
    (
      "identity: {users: systm}",
      [#"only the user "systm", which this machine does not know; did you mean "system"?"#]
    ),
    (
      "identity: {users: [no-such-user]}",
      [#"only the user "no-such-user", which this machine does not know; list all"#]
    ),
    ("identity: {users: root}", []),
    ("identity: {users: [systm, no-such-user]}", []),
    ("identity: {users: system}", []),
  ]

  @Test(arguments: surprises) func settingsThatSurpriseAreWarnedOf(_ surprise: (yaml: String, words: [String])) throws {
    try directory.write("0123456789abcdef", to: "token")
    chmod(directory.path + "/token", 0o600)
    let warnings = try ConfigurationCheck(file: site(surprise.yaml + "\n"), environment: [:]).warnings
    #expect(warnings.count == surprise.words.count, "\(warnings)")
    for words in surprise.words { #expect(warnings.contains { $0.message.contains(words) }, "\(warnings)") }
  }

  /// What a router cannot listen on, it cannot start with.
  @Test func addressesThatAreNotHereAreErrors() throws {
    let file = try site("http: {listen: \"203.0.113.1:9464\"}\n")
    let error = try #require(throws: RouterSetupError.self) { try ConfigurationCheck(file: file, environment: [:]) }
    #expect(error.problems.count == 1)
    #expect(error.problems[0].description.hasPrefix("\(file):1:16: http.listen: cannot listen on 203.0.113.1:9464"))
  }

  /// A default stands nowhere, and an error about it says so by naming no line.
  @Test func aDefaultHasNoPlace() {
    let problem = ConfigurationProblem(.standard, "http.listen: no")
    #expect(problem.description == "http.listen: no")
    #expect(CheckFinding(.error, problem, in: "router.yaml").description == "router.yaml: error: http.listen: no")
    #expect(CheckFinding(.error, problem, in: nil).description == "environment: error: http.listen: no")
  }
}
