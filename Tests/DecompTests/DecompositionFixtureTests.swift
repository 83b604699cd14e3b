import Foundation
import Replay
import TestSupport
import Testing

@testable import Decomp

/// The decompositions of the captures, held against the rows that LDMS made by them.
@Suite("Decomposition: real rows")
struct DecompositionFixtureTests {
  struct Capture: Sendable, CustomTestStringConvertible {
    var directory: URL
    var decompositions: [String]
    /// The topics whose rows are as_is.
    var asIs: Set<String> = []
    /// Set where rows are not JSON, so that their columns can only be looked for.
    var hasBrokenRows = false

    var testDescription: String { directory.lastPathComponent }

    static let all: [Capture] = [
      Capture(directory: Repository.recording, decompositions: ["decomp.json"]),
      Capture(
        directory: Repository.fixtures.appending(path: "static"),
        decompositions: ["dstat", "loadavg", "meminfo", "netdev2", "procstat2", "vmstat"].map { "decomp/\($0).json" }),
      Capture(
        directory: Repository.fixtures.appending(path: "as_is"), decompositions: ["decomp.json"],
        asIs: ["dstat", "loadavg", "meminfo", "procinterrupts", "procnetdev2", "procstat2", "vmstat"]),
      Capture(
        directory: Repository.fixtures.appending(path: "slurm_as_is"), decompositions: ["decomp.json"],
        asIs: ["jobinfo", "meminfo", "mt-slurm2", "mt-slurm"]),
      Capture(
        directory: Repository.fixtures.appending(path: "weird"), decompositions: ["decomp.json"], asIs: ["weird"],
        hasBrokenRows: true),
    ]

    func read() throws -> [Decomposition] {
      try decompositions.map { try Decomposition(file: directory.appending(path: $0).path) }
    }

    /// The first row of each topic.
    func firstRows() throws -> [String: [UInt8]] {
      let index = try String(contentsOf: directory.appending(path: "index.tsv"), encoding: .utf8)
      let lines = index.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
      let topicField = try #require(lines.first?.firstIndex(of: "topic"))
      let lengthField = try #require(lines.first?.firstIndex(of: "payload_len"))
      var rows: [String: [UInt8]] = [:]
      for line in lines.dropFirst() where rows[String(line[topicField])] == nil {
        let topic = String(line[topicField])
        let data = try Data(contentsOf: directory.appending(path: "\(topic).jsonl"))
        rows[topic] = Array(data.prefix(try #require(Int(line[lengthField]))))
      }
      return rows
    }
  }

  /// The keys of a row that is JSON but for its numbers, in order.
  static func keys(of row: [UInt8]) -> [String] {
    var keys: [String] = []
    var depth = 0
    var start: Int?
    var last = ""
    for (index, byte) in row.enumerated() {
      if let open = start {
        guard byte == UInt8(ascii: "\"") else { continue }
        last = String(decoding: row[(open + 1)..<index], as: UTF8.self)
        start = nil
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): start = index
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":") where depth == 1: keys.append(last)
      default: break
      }
    }
    return keys
  }

  @Test(arguments: Capture.all)
  func columnsAreThoseOfTheRows(_ capture: Capture) throws {
    let decompositions = try capture.read()
    let rows = try capture.firstRows()
    #expect(decompositions.contains(where: \.storesAsIs) == !capture.asIs.isEmpty)
    var schemasSeen: Set<String> = []
    var asIsSeen: Set<String> = []
    for (topic, row) in rows {
      if let schema = Decomposition.asIsSchema(ofTopic: topic) {
        asIsSeen.insert(String(schema))
        continue
      }
      let schemas = decompositions.flatMap(\.rowSchemas).filter { $0.name == topic }
      let schema = try #require(schemas.first, "no row schema \(topic)")
      #expect(schemas.count == 1)
      schemasSeen.insert(topic)
      guard capture.hasBrokenRows || topic == "meminfo_directmap" else {
        #expect(schema.columns.map(\.name) == Self.keys(of: row), "\(topic)")
        continue
      }
      var rest = row[...]
      for column in schema.columns {
        let key = Array("\"\(column.name)\":".utf8)
        let place = try #require(rest.firstRange(of: key), "\(topic): \(column.name)")
        rest = rest[place.upperBound...]
      }
    }
    #expect(asIsSeen == capture.asIs)
    #expect(schemasSeen == Set(decompositions.flatMap(\.rowSchemas).map(\.name)))
  }

  @Test func topicsWithProducers() throws {
    let directory = Repository.fixtures.appending(path: "avro_kafka_json")
    let decomposition = try Decomposition(file: directory.appending(path: "decomp.json").path)
    #expect(decomposition.storesAsIs)
    let capture = Capture(directory: directory, decompositions: [])
    var seen: Set<String> = []
    for (topic, row) in try capture.firstRows() {
      let part = String(try #require(topic.wholeMatch(of: /ldms\.json\.[^.]+\.([^.]+)\..*/)?.1))
      guard Decomposition.asIsSchema(ofTopic: part) == nil else { continue }
      let schema = try #require(decomposition.rowSchemas.first { $0.name == part })
      #expect(schema.columns.map(\.name) == Self.keys(of: row))
      seen.insert(part)
    }
    #expect(seen == ["meminfo_filter", "procnetdev2_s"])
    #expect(
      decomposition.rowSchemas.map(\.name)
        == ["meminfo_filter", "procnetdev2_s", "cpu_diff", "slurm2_jobs", "slurm2_tasks"])
  }

  @Test func avroFieldsAreTheColumns() throws {
    struct Registered: Decodable { var subject: String, schema: String }
    struct Schema: Decodable {
      struct Field: Decodable { var name: String }
      var fields: [Field]
    }
    let directory = Repository.fixtures.appending(path: "avro_kafka_avro")
    let decomposition = try Decomposition(file: directory.appending(path: "decomp.json").path)
    let lines = try Data(contentsOf: directory.appending(path: "registry.schemas.jsonl")).split(separator: 0x0A)
    let registered = try lines.map { try JSONDecoder().decode(Registered.self, from: $0) }
    let text = try #require(registered.first { $0.subject == "meminfo_filter" }).schema
    let fields = try JSONDecoder().decode(Schema.self, from: Data(text.utf8)).fields.map(\.name)
    let columns = try #require(decomposition.rowSchemas.first).columns
    #expect(columns.map { $0.name.replacing(/[^A-Za-z0-9-]/, with: "_") } == fields)
  }

  @Test func recording() throws {
    let decomposition = try Decomposition(file: Repository.recording.appending(path: "decomp.json").path)
    #expect(decomposition.warnings == [])
    let names = ["meminfo", "vmstat", "loadavg", "dstat", "procstat2", "procinterrupts", "procnetdev2"]
    #expect(Set(decomposition.rowSchemas.map(\.name)) == Set(names))
    #expect(!decomposition.storesAsIs)
    #expect(decomposition.decomposers.count == 8)
    #expect(decomposition.members(of: 0).map(\.name) == decomposition.rowSchemas.map(\.name))
    let applied = decomposition.members(of: 0).filter(\.isApplied)
    #expect(applied.count == 7)
    guard case .flex(let rules) = decomposition.decomposers[0].kind else {
      Issue.record("the recording's decomposition is a flex")
      return
    }
    #expect(rules.matches.map(\.schema) == names.map { "^\($0)$" })
    #expect(rules.matches.map(\.apply) == names.map { [$0] })
    for schema in decomposition.rowSchemas {
      #expect(schema.index(of: .producer) != nil)
      #expect(schema.index(of: .instance) != nil)
      #expect(schema.columns.first?.type == .timestamp)
    }
  }

  @Test func membersGroupsAndOperations() throws {
    let decomposition = try Decomposition(file: Repository.fixtures.appending(path: "static/decomp/netdev2.json").path)
    let row = try #require(decomposition.rows.first)
    #expect(row.group == StaticRow.Group(index: ["comp_id", "netdev.name"], order: ["ts"], limit: 2, timeout: "60s"))
    let columns = row.schema.columns
    #expect(columns[5] == Column(source: "netdev_list", member: "name", name: "netdev.name"))
    #expect(columns[7] == Column(source: "netdev_list", member: "tx_bytes", name: "netdev_list[tx_bytes]"))
    #expect(columns[8].operation == .diff)
    #expect(columns.compactMap(\.identity) == [.producer, .instance, .job])
    #expect(decomposition.warnings == [])
  }
}
