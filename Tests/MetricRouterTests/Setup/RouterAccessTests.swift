import Decomp
import Foundation
import Kafka
import Naming
import TestSupport
import Testing

@testable import Access
@testable import ConfigurationFiles
@testable import MetricRouter
@testable import RouterConfiguration
@testable import Topics

@Suite struct RouterAccessTests {
  private func access(_ adjust: (inout Configuration) -> Void = { _ in }) throws -> RouterAccess {
    var configuration = Configuration()
    configuration.topics.directory = Located(Repository.root.appending(path: "topics").path)
    adjust(&configuration)
    let settings = try RouterSettings(
      configuration, decompositions: [Decomposition(file: Capture.recording.path("decomp.json"))],
      topics: TopicDirectory.load(configuration.topics.directory))
    return RouterAccess(settings, principal: "User:r")
  }

  private func rule(
    _ resource: AccessRule.Resource, _ pattern: AccessRule.Pattern, _ name: String, _ operation: AccessRule.Operation
  ) -> AccessRule {
    AccessRule(resource, pattern, name, principal: "User:r", operation: operation)
  }

  @Test func aRouterHasWhatItNeedsAndNoMore() throws {
    let inputs = ["dstat", "loadavg", "meminfo", "procinterrupts", "procnetdev2", "procstat2", "vmstat"]
    let basic =
      inputs.map { rule(.topic, .literal, $0, .read) } + [rule(.group, .literal, "ldms-router", .read)]
      + [.create, .write, .read, .alterConfigs, .alter, .delete].map { rule(.topic, .prefixed, "ldms.", $0) }
    let access = try access()
    #expect(access.rules == basic)
    #expect(access.notes.isEmpty)
    #expect(
      try self.access { $0.delivery = .exactlyOnce }.rules
        == basic + [rule(.transactionalID, .prefixed, "ldms-router-", .write)])
    for mode in [AccessMode.on, .required] {
      let access = try self.access { $0.acl = Located(mode) }
      #expect(access.rules == basic + [rule(.cluster, .literal, "kafka-cluster", .alter)])
      #expect(access.notes.count == 1)
    }
  }

  @Test func expressionsBecomePrefixes() throws {
    let access = try access { configuration in
      configuration.group = "g"
      configuration.topics.prefix = Located("site.ldms")
      configuration.inputs = ["meminfo", "^procstat2_[0-9a-f]{7}$", "^procstat2_x", "^.*x"].map { Located($0) }
    }
    #expect(
      access.rules.prefix(6) == [
        rule(.topic, .literal, "meminfo", .read), rule(.topic, .prefixed, "procstat2_", .read),
        rule(.topic, .prefixed, "procstat2_x", .read), rule(.topic, .literal, "*", .read),
        rule(.group, .literal, "g", .read), rule(.topic, .prefixed, "site.ldms.", .create),
      ])
    #expect(access.notes.count == 3)
    #expect(access.notes[0].contains("every topic that begins with \"procstat2_\""))
    #expect(access.notes[2].contains("every topic"))
  }

  @Test(arguments: [
    ("^abc$", "abc"), ("^a.c", "a"), ("^a\\.c\\..*", "a.c."), ("^ab*", "a"), ("^ab?c", "a"), ("^ab{0,1}c", "a"),
    ("^ab+", "ab"), ("^a\\.*", "a"), ("^(abc)", ""), ("^abc|^xyz", ""), ("^", ""), ("^a-b_c[0-9]", "a-b_c"),
    ("^a\\\\b", "a"), ("^ldms\\.json\\..*", "ldms.json."), ("^a^", "a"), ("abc", ""),
  ])
  func theBeginningOfAnExpression(_ pattern: String, _ beginning: String) {
    #expect(TopicPattern(pattern).beginning == beginning)
  }
}
