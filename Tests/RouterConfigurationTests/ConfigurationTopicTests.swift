import Foundation
import Testing

@testable import ConfigurationFiles
@testable import MetricRouter
@testable import Topics

@Suite struct ConfigurationTopicTests {
  private let shipped = Located(ConfigurationFolder.repository.appending(path: "topics").path)

  private func complaints(_ yaml: String) -> [String] {
    do {
      _ = try TopicDeclaration(YAMLDocument(parsing: Array(yaml.utf8), path: "t.yaml"))
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func theRepositorysFilesAreRead() throws {
    let topics = try TopicDirectory.load(shipped)
    #expect(topics.user.partitions == 3)
    #expect(topics.job.partitions == 1)
    #expect(topics.deadLetter.partitions == 1)
    let inputs = try #require(topics.inputs)
    for declaration in [topics.user, topics.job, topics.deadLetter, inputs] {
      #expect(declaration.replication == -1)
      #expect(declaration.setting("message.timestamp.type")?.value == "LogAppendTime")
      #expect(declaration.setting("cleanup.policy")?.value == "delete")
      let retention = try #require(declaration.setting("retention.ms").flatMap { Int($0.value) })
      let segment = try #require(declaration.setting("segment.ms").flatMap { Int($0.value) })
      #expect(segment * 7 <= retention, "rows go with their segment: it must be much shorter than the retention")
      for setting in declaration.config { #expect(TopicSettingRule.known[setting.name] != nil) }
    }
    // Key (topic 249, partition and offset 30), headers and the batch's own bytes are below 4 KiB.
    #expect(topics.user.largestBatch >= inputs.largestBatch + 4096)
    #expect(topics.job.largestBatch >= inputs.largestBatch + 4096)
    #expect(topics.deadLetter.largestBatch >= max(topics.user.largestBatch, topics.job.largestBatch) + 4096)
  }

  @Test(arguments: ["user.yaml", "job.yaml", "dead-letter.yaml", "inputs.yaml"])
  func everyFileBeginsWithItsExplanation(_ name: String) throws {
    let text = try String(contentsOf: ConfigurationFolder.repository.appending(path: "topics/\(name)"), encoding: .utf8)
    #expect(text.hasPrefix("# "))
  }

  @Test func valuesAreTakenAsKafkaWritesThem() throws {
    let yaml = """
      partitions: 2
      replication: 3
      config:
        retention.ms: -1
        cleanup.policy: compact,delete
        preallocate: on
        min.cleanable.dirty.ratio: 0.5
        confluent.placement.constraints: "{}"
      """
    let declaration = try TopicDeclaration(YAMLDocument(parsing: Array(yaml.utf8), path: "t.yaml"))
    #expect(declaration.partitions == 2)
    #expect(declaration.replication == 3)
    #expect(
      declaration.config.map { "\($0.name)=\($0.value)" } == [
        "retention.ms=-1", "cleanup.policy=compact,delete", "preallocate=true", "min.cleanable.dirty.ratio=0.5",
        "confluent.placement.constraints={}",
      ])
    #expect(declaration.config[1].place == .file("t.yaml", line: 5, column: 3))
  }

  @Test(arguments: [
    ("", "t.yaml:1:1: expected the keys partitions, replication and config"),
    ("[1]", "t.yaml:1:1: expected the keys partitions, replication and config"),
    ("config: {}", "t.yaml: partitions is missing; write partitions: 1, or more"),
    ("partitions: 0", "t.yaml:1:13: partitions: expected a whole number from 1 to 1000, found \"0\""),
    ("partitions: default", "t.yaml:1:13: partitions: expected a whole number from 1 to 1000, found \"default\""),
    (
      "partitions: 1\nreplication: none",
      "t.yaml:2:14: replication: expected a whole number from 1 to 100 or default, found \"none\""
    ),
    ("partitions: 1\nreplicas: 3", "t.yaml:2:1: unknown key \"replicas\"; valid here: partitions, replication, config"),
    ("partitions: 1\nreplicaton: 3", "t.yaml:2:1: unknown key \"replicaton\"; did you mean \"replication\"?"),
    (
      "partitions: 1\nretention.ms: 3",
      "t.yaml:2:1: unknown key \"retention.ms\"; Kafka's settings of topics go below config:"
    ),
    (
      "partitions: 1\npartitions: 2",
      "t.yaml:2:1: \"partitions\" is given twice, first at t.yaml:1:1; remove one of them"
    ),
    (
      "partitions: 1\nconfig: [a]",
      "t.yaml:2:9: config: expected a mapping of Kafka's settings of topics, as retention.ms: 86400000, found a list"
    ),
    (
      "partitions: 1\nconfig: {retenton.ms: 3}",
      "t.yaml:2:10: config: unknown setting \"retenton.ms\"; did you mean \"retention.ms\"?"
    ),
    (
      "partitions: 1\nconfig: {retention.ms: 7d}",
      "t.yaml:2:24: config: retention.ms: expected a whole number (times are in milliseconds, sizes in bytes), found \"7d\""
    ),
    (
      "partitions: 1\nconfig: {retention.ms: }",
      "t.yaml:2:24: config: retention.ms: expected one value; several go into one text, separated by commas, found nothing"
    ),
    (
      "partitions: 1\nconfig: {preallocate: maybe}",
      "t.yaml:2:23: config: preallocate: expected true or false, found \"maybe\""
    ),
    (
      "partitions: 1\nconfig: {cleanup.policy: [compact, delete]}",
      "t.yaml:2:26: config: cleanup.policy: expected one value; several go into one text, separated by commas, found a list"
    ),
    (
      "partitions: 1\nconfig: {cleanup.policy: none}",
      "t.yaml:2:26: config: cleanup.policy: expected delete, compact, or both with a comma between them, found \"none\""
    ),
    (
      "partitions: 1\nconfig: {message.timestamp.type: logappendtime}",
      "t.yaml:2:34: config: message.timestamp.type: expected one of CreateTime, LogAppendTime, found \"logappendtime\""
    ),
    (
      "partitions: 1\nconfig: {min.cleanable.dirty.ratio: nan}",
      "t.yaml:2:37: config: min.cleanable.dirty.ratio: expected a number, found \"nan\""
    ),
    ("partitions: 1\nconfig: {\"a b\": 1}", "t.yaml:2:10: config: \"a...\" is not the name of a setting"),
  ])
  func mistakesAreRefusedWithPlaceAndRemedy(_ yaml: String, _ expected: String) {
    #expect(complaints(yaml) == [expected])
  }

  @Test func everythingWrongIsReported() throws {
    let folder = try ConfigurationFolder()
    try folder.write("user.yaml", "partitions: x\nconfig: {a b: 1, segment.ms: y}\n")
    try folder.write("job.yaml", "partitions: 1\n")
    try folder.write("users.yaml", "")
    try folder.write("notes.txt", "")
    try folder.write("jobs.yml", "")
    let error = #expect(throws: ConfigurationErrors.self) { try TopicDirectory.load(Located(folder.path)) }
    let lines = error?.problems.map { $0.description.replacing(folder.path + "/", with: "") }
    #expect(
      lines == [
        "user.yaml:1:13: partitions: expected a whole number from 1 to 1000, found \"x\"",
        "user.yaml:2:10: config: \"a...\" is not the name of a setting",
        "user.yaml:2:30: config: segment.ms: expected a whole number (times are in milliseconds, sizes in bytes), found \"y\"",
        "jobs.yml: this file does not declare a kind of topic; did you mean job.yaml?",
        "users.yaml: this file does not declare a kind of topic; did you mean user.yaml?",
        "dead-letter.yaml: this file is missing, which declares the dead-letter topic; copy the router's own, or set topics.directory",
      ])
  }

  @Test func aMissingDirectoryIsNamedAtItsPlace() throws {
    let place = ConfigurationPlace.file("router.yaml", line: 3, column: 14)
    let error = #expect(throws: ConfigurationErrors.self) { try TopicDirectory.load(Located("/no/topics", at: place)) }
    #expect(
      error?.description
        == "router.yaml:3:14: topics.directory: cannot read the directory \"/no/topics\": No such file or directory; it must"
        + " hold user.yaml, job.yaml, dead-letter.yaml, waiting.yaml, job-index.yaml, inputs.yaml: copy the router's topics directory there, or set"
        + " topics.directory")
    let file = try ConfigurationFolder()
    let notADirectory = try file.write("topics", "")
    #expect(throws: ConfigurationErrors.self) { try TopicDirectory.load(Located(notADirectory)) }
  }

  @Test func inputsMayBeMissing() throws {
    let folder = try ConfigurationFolder()
    for name in ["user.yaml", "job.yaml", "dead-letter.yaml"] { try folder.write(name, "partitions: 1\n") }
    #expect(try TopicDirectory.load(Located(folder.path)).inputs == nil)
  }

  @Test(arguments: [
    (
      "partitions: 1\nconfig: {max.message.bytes: 1000}\n",
      "dead-letter.yaml:2:10: max.message.bytes is 1000, less than the 2000000 of job.yaml: a row that is too large for it must fit here; increase it"
    ),
    (
      "partitions: 1\n",
      "dead-letter.yaml: max.message.bytes is 1048588, less than the 2000000 of job.yaml: a row that is too large for it must fit here; increase it"
    ),
  ])
  func deadLettersMustFit(_ deadLetter: String, _ expected: String) throws {
    let folder = try ConfigurationFolder()
    try folder.write("user.yaml", "partitions: 1\n")
    try folder.write("job.yaml", "partitions: 1\nconfig: {max.message.bytes: 2000000}\n")
    try folder.write("dead-letter.yaml", deadLetter)
    let error = #expect(throws: ConfigurationErrors.self) { try TopicDirectory.load(Located(folder.path)) }
    #expect(error?.description.replacing(folder.path + "/", with: "") == expected)
  }
}
