import Foundation
import TestSupport
import Testing

@testable import Naming

/// Every producer, instance and topic that the captured rows have.
@Suite struct IdentityFixtureTests {
  static func templates() throws -> ProducerTemplates {
    try ProducerTemplates(Capture.producers, nodes: NodeList(Capture.nodes))
  }

  /// The string values of a column, as LDMS printed them, in all rows of the fixtures and the recording.
  static func values(of columns: [String]) throws -> Set<Name> {
    var values: Set<Name> = []
    for folder in [Repository.fixtures, Repository.recording] {
      let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
      for case let file as URL in files where file.pathExtension == "jsonl" {
        let rows = try Data(contentsOf: file)
        for column in columns {
          let opening = Data("\"\(column)\":\"".utf8)
          var from = rows.startIndex
          while let begin = rows.range(of: opening, in: from..<rows.endIndex) {
            let end = rows.range(of: Data("\",\"".utf8), in: begin.upperBound..<rows.endIndex)
            let value = rows[begin.upperBound..<(end?.lowerBound ?? rows.endIndex)]
            values.insert(Name(value))
            from = begin.upperBound
          }
        }
      }
    }
    return values
  }

  static let expected = [
    "userA:101:c2": "userA/101/c2", "userB:102:c3": "userB/102/c3", "userC:103:c1": "userC/103/c1",
    "userA:104:c1": "userA/104/c1", "userA:104:c2": "userA/104/c2", "userB:105:c3": "userB/105/c3",
    "userA-c2": "userA/-/c2", "userB-c3": "userB/-/c3", "userC-c1": "userC/-/c1",
    "us\u{e9}r-c3": "us\u{e9}r/-/c3", "us\"er\\A-c2": "bad-producer",
  ]

  @Test func everyProducerOfTheFixtures() throws {
    let templates = try Self.templates()
    let producers = try Self.values(of: ["producer", "prdcr"])
    #expect(producers == Set(Self.expected.keys.map { Name($0) }))
    for producer in producers {
      #expect(ProducerTemplatesTests.short(templates.identify(producer.bytes)) == Self.expected[producer.text])
    }
  }

  @Test func everyInstanceOfTheFixtures() throws {
    let instances = try Self.values(of: ["instance", "inst"])
    #expect(instances.count > 40)
    let templates = try Self.templates()
    for instance in instances {
      let found = instance.bytes.withUnsafeBytes { InstanceName.producer(in: $0).map { Name($0) } }
      let producer = try #require(found)
      #expect(Self.expected.keys.contains(producer.text), "\(instance)")
      guard case .identity = templates.identify(producer.bytes) else {
        Issue.record("\(instance)")
        continue
      }
    }
  }

  /// `topic=ldms.%F.%P.%S.%I.%u.%g.%U.%G.%a.%A`, as the capture's store was configured.
  @Test func everyTopicOfTheFixtures() throws {
    let index = try String(
      contentsOf: Repository.fixtures.appending(path: "avro_kafka_json/index.tsv"), encoding: .utf8)
    let topics = Set(
      index.split(separator: "\n").dropFirst().compactMap { $0.split(separator: "\t").first.map(String.init) })
    #expect(topics.count == 11)
    let schemas: Set = ["meminfo_filter", "loadavg_8be3781", "procnetdev2_e8b9cc8", "procnetdev2_s", "cpu_diff"]
    let templates = try Self.templates()
    let nodes = ["userA": "c2", "userB": "c3", "userC": "c1"]
    for pattern in [
      "ldms.json.{producer}.{schema}.{any}", "ldms.json.{user}-{node}.{schema}.{any}",
      "ldms.{any}.{producer}.{schema}.{any}.root.root.0.0.{any}.0440",
    ] {
      let identity = try TopicIdentity(pattern, producers: templates)
      var users: Set<String> = []
      for topic in topics {
        guard
          case .read(let schema, let producer, .identity(let reading)) = identity.read(
            topic.utf8, isSchema: { schemas.contains($0.text) })
        else {
          Issue.record("\(topic) by \(pattern): \(identity.read(topic.utf8, isSchema: { schemas.contains($0.text) }))")
          continue
        }
        #expect(topic.hasPrefix("ldms.json.\(producer).\(schema).\(producer)."))
        #expect(producer.text == "\(reading.user)-\(reading.node)")
        #expect(nodes[reading.user.text] == reading.node.text)
        #expect(reading.job == nil)
        users.insert(reading.user.text)
      }
      #expect(users == ["userA", "userB", "userC"])
    }
  }

  /// With `meminfo` known too, `userA-c2.meminfo_filter.userA-c2` may be a producer: no guess.
  @Test func aSchemaThatIsAlsoInTheInstanceIsADoubt() throws {
    let topic = "ldms.json.userA-c2.meminfo_filter.userA-c2.meminfo.root.root.0.0.-r--r-----.0440"
    let identity = try TopicIdentity("ldms.json.{producer}.{schema}.{any}", producers: Self.templates())
    let reading = identity.read(topic.utf8) { ["meminfo_filter", "meminfo"].contains($0.text) }
    #expect(TopicIdentityTests.short(reading) == "ambiguous-producer")
  }

  /// The plain topics of store_kafka are no topics of ours, and say nothing of a producer.
  @Test func plainTopicsSayNothing() throws {
    let names = try TopicNames()
    let identity = try TopicIdentity("ldms.{schema}.{producer}", producers: Self.templates())
    for topic in ["meminfo_4b63562", "meminfo_filter", "procstat2_cpu", "weird_static", "mt-slurm2_5bd0733"] {
      #expect(identity.read(topic.utf8) { _ in true } == .unmatched)
      #expect(!names.owns(topic))
    }
  }
}
