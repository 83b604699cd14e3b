import Foundation
import TestSupport
import Testing

@testable import Naming

@Suite struct IdentityTests {
  @Test(arguments: [
    (String?("101"), UInt64?(7), "101", JobSource.template),
    ("101", nil, "101", .template),
    ("101", 0, "101", .template),
    (nil, 7, "7", .column),
    (nil, .max, "18446744073709551615", .column),
    (nil, 0, "userA-c2", .producer),
    (nil, nil, "userA-c2", .producer),
    ("0", 7, "7", .column),
    ("0", 0, "userA-c2", .producer),
  ])
  func jobComesFromTheTemplateThenTheColumnThenTheProducer(
    template: String?, jobID: UInt64?, job: String, source: JobSource
  ) {
    let reading = ProducerReading(user: Name("userA"), job: template.map { Name($0) }, node: Name("c2"))
    let identity = Identity(reading, producer: Name("userA-c2"), jobID: jobID)
    #expect(identity.user == Name("userA"))
    #expect(identity.node == Name("c2"))
    #expect(identity.job == Name(job))
    #expect(identity.jobSource == source)
  }

  @Test(arguments: [
    ("userA:101:c2/meminfo", "userA:101:c2"), ("userA-c2", nil), ("meminfo-c2", nil), ("a/b/c", "a/b"),
    ("/meminfo", ""), ("userA-c2/", "userA-c2"), ("", nil), ("/", ""), ("a/b", "a"), ("a/", "a"),
  ])
  func producerOfAnInstance(instance: String, producer: String?) {
    let found = Array(instance.utf8).withUnsafeBytes { InstanceName.producer(in: $0).map { Name($0) } }
    #expect(found == producer.map { Name($0) })
  }

  @Test func reasonsAreStable() {
    #expect(
      DeadLetterReason.allCases.map(\.rawValue) == [
        "malformed-row", "ambiguous-row", "unsupported-encoding", "unknown-schema", "no-identity", "unknown-job",
        "ambiguous-owner", "bad-producer", "ambiguous-producer", "name-too-long", "topic-refused", "too-many-new-names",
        "unknown-user",
      ])
    for reason in DeadLetterReason.allCases {
      #expect(!reason.explanation.contains("\n"))
      #expect(reason.explanation.contains(";"), "says what to do")
    }
    #expect(Set(DeadLetterReason.allCases.map(\.explanation)).count == DeadLetterReason.allCases.count)
  }

  /// The lines of the table of reasons in `docs/site.md`, in the order of `DeadLetterReason`.
  @Test func theSiteDocumentExplainsEveryReasonInTheSameWords() throws {
    let document = try String(contentsOf: Repository.root.appending(path: "docs/site.md"), encoding: .utf8)
    let table = document.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != "| reason | meaning and remedy |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
    #expect(
      table.map { $0.replacing("`<user>:<job>:<node>`", with: "<user>:<job>:<node>") }
        == DeadLetterReason.allCases.map { "| `\($0.rawValue)` | \($0.explanation) |" })
  }
}
