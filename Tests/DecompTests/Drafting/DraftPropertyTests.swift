import Foundation
import TestSupport
import Testing

@testable import Decomp

/// Random metric sets: what is drafted for them is what LDMS accepts, and rows that LDMS would store by it are decoded.
@Suite struct DraftPropertyTests {
  /// A metric set as a sampler may make it, with names that are ordinary or awkward.
  struct Sampler {
    var schema: String
    var metrics: [MetricSetShape.Metric]

    init(_ random: inout SeededGenerator) {
      schema = random.text(of: "abc-_.2", lengths: 1...6)
      var metrics: [MetricSetShape.Metric] = []
      for name in ["component_id", "job_id", "app_id"] where !random.chance(oneIn: 5) {
        metrics.append(.init(name, .value(.scalar(.u64))))
      }
      for index in 0..<Int.random(in: 1...8, using: &random) {
        let name = (random.chance(oneIn: 3) ? random.text(of: "ab#()é\\\"%.", lengths: 1...4) : "metric") + "\(index)"
        metrics.append(.init(name, .value(Self.type(&random))))
      }
      for index in 0..<Int.random(in: 0...2, using: &random) {
        let members = (0..<Int.random(in: 1...4, using: &random)).map {
          MetricSetShape.RecordMember("m\($0)" + random.text(of: "ab#()", lengths: 0...2), Self.type(&random))
        }
        metrics.append(.init("record\(index)", .recordType(members)))
        metrics.append(.init("l\(index)_list", .records(members)))
      }
      self.metrics = metrics
    }

    private static func type(_ random: inout SeededGenerator) -> MetricType {
      let scalar = MetricType.Scalar.allCases.randomElement(using: &random) ?? .u64
      return random.chance(oneIn: 4) ? .array(random.chance(oneIn: 2) ? .char : scalar) : .scalar(scalar)
    }

    /// What `ldms_ls -l -v` prints, with `-v -v` where there is a digest.
    func listing(digest: SchemaDigest?) -> String {
      var text = digest == nil ? "" : "Schema Digest "
      text += "Schema Instance Flags Msize Dsize Hsize UID GID Perm Update Duration Info\n---- ----\n"
      text += (digest.map { "\($0.text) " } ?? "")
      text += "\(schema) n/\(schema) CL 1 1 0 0 0 -r--r----- 1.000000 0.000000 \n---- ----\n"
      text += "Total Sets: 1, Meta Data (kB): 1.00, Data (kB) 1.00, Memory (kB): 1.00\n\n====\n\n"
      text += "n/\(schema): consistent, last update: Mon Nov 30 03:44:12 2026 +0000 [1us] \n"
      for metric in metrics { text += Self.lines(metric) }
      return text + "\n"
    }

    private static func lines(_ metric: MetricSetShape.Metric) -> String {
      let (type, value): (String, String) =
        switch metric.content {
        case .value(let type): ((type?.name ?? "none").replacing("_array", with: "[]"), "\"x\"")
        case .recordType: ("record_type", "LDMS_V_RECORD_TYPE")
        case .recordArray, .values: ("list<>", "[]")
        case .records(let members):
          (
            "list<>",
            "\n  " + members.map { "\($0.name) (kB)" }.joined(separator: " ") + "\n  "
              + members.map { "1".padding(toLength: "\($0.name) (kB)".count, withPad: " ", startingAt: 0) }
              .joined(separator: " ")
          )
        }
      // %-42s counts bytes.
      let name = metric.name + String(repeating: " ", count: max(0, 42 - metric.name.utf8.count))
      return "D \(type.padding(toLength: 12, withPad: " ", startingAt: 0)) \(name) \(value)\n"
    }
  }

  /// A value of a type, as LDMS prints it.
  static func value(_ type: MetricType, _ random: inout SeededGenerator) -> PrintedRow.Value {
    func number(_ scalar: MetricType.Scalar) -> String {
      switch scalar {
      case .f32: ["0", "-1", "0.5", "0.100000001"].randomElement(using: &random) ?? "0"
      case .d64: ["0", "-1", "0.59999999999999998", "1e+300", "nan"].randomElement(using: &random) ?? "0"
      case .s8, .s16, .s32, .s64: ["-7", "0", "99"].randomElement(using: &random) ?? "0"
      case .char, .u8, .u16, .u32: ["0", "7", "200"].randomElement(using: &random) ?? "0"
      case .u64: ["0", "7", "18446744073709551615"].randomElement(using: &random) ?? "0"
      }
    }
    switch type {
    case .scalar(.char): return .char(UInt8(ascii: "c"))
    case .array(.char): return .string(random.text(of: "ab, :{}", lengths: 0...5))
    case .scalar(let scalar): return .bare(number(scalar))
    case .array(let scalar):
      let count = Int.random(in: 1...3, using: &random)
      return .bare("[" + (0..<count).map { _ in number(scalar) }.joined(separator: ",") + "]")
    case .timestamp, .list, .record, .recordArray, .recordType: return .bare("1.000001")
    }
  }

  /// The row schema of a set that is stored as it is.
  static func asIs(_ sampler: Sampler) -> RowSchema {
    var columns = [Column(source: "timestamp", type: .timestamp)]
    for metric in sampler.metrics {
      switch metric.content {
      case .value(let type), .values(let type): columns.append(Column(source: metric.name, type: type))
      case .recordType: break
      case .records(let members), .recordArray(let members):
        columns += members.map { Column(source: "\(metric.name).\($0.name)", type: $0.type) }
      }
    }
    return RowSchema(name: sampler.schema, columns: columns)
  }

  /// Rows that LDMS stores by a drafted row schema are decoded, and say whose they are.
  static func decodes(_ schema: RowSchema, _ sampler: Sampler, _ random: inout SeededGenerator) {
    let types = Dictionary(asIs(sampler).columns.map { ($0.name, $0.type) }) { first, _ in first }
    let values = schema.columns.map { column -> PrintedRow.Value in
      switch column.source {
      case "timestamp": return .bare("1795497251.001000")
      case "producer": return .string("alice:7:n1")
      case "instance": return .string("alice:7:n1/\(sampler.schema)")
      default:
        let name = column.member.map { "\(column.source).\($0)" } ?? column.source
        let type = types[name].flatMap(\.self)
        #expect(column.type == nil || column.type == type, "\(name): \(String(describing: column.type))")
        return type.map { value($0, &random) } ?? .bare("0")
      }
    }
    let payload = PrintedRow(schema, values).payload
    let verdict = RowDecoder(schema).decode(payload)
    guard let row = verdict.row, let producer = row.producer else {
      Issue.record("\(String(decoding: payload, as: UTF8.self)): \(verdict)")
      return
    }
    #expect(
      String(decoding: payload[producer.offset..<producer.offset + producer.count], as: UTF8.self) == "alice:7:n1")
  }

  @Test(.timeLimit(.minutes(1)), arguments: 0..<150) func listings(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let sampler = Sampler(&random)
    let digest = random.chance(oneIn: 2) ? SchemaDigest(of: sampler.metrics) : nil
    let draft = try DraftFixtures.draft(sampler.listing(digest: digest))
    let decomposition = try DraftFixtures.read(draft)
    #expect(decomposition.warnings.allSatisfy { $0.code == .digestOnly }, "\(decomposition.warnings)")
    #expect(decomposition.rowSchemas == draft.members.map(\.rowSchema))
    for schema in decomposition.rowSchemas { Self.decodes(schema, sampler, &random) }
    // No metric is forgotten.
    let sources = Set(decomposition.rowSchemas.flatMap(\.columns).map { "\($0.source).\($0.member ?? "")" })
    for metric in sampler.metrics {
      switch metric.content {
      case .value: #expect(sources.contains("\(metric.name)."), "\(metric.name)")
      case .records(let members), .recordArray(let members):
        for member in members { #expect(sources.contains("\(metric.name).\(member.name)")) }
      case .recordType, .values: break
      }
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: 0..<150) func rows(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let sampler = Sampler(&random)
    let schema = Self.asIs(sampler)
    // Names that hold quotes are no rows that anything could be read from.
    guard !schema.columns.contains(where: { $0.name.contains("\"") }) else { return }
    let digest = try #require(SchemaDigest(of: sampler.metrics))
    let topic = "\(sampler.schema)_\(digest.topicSuffix)"
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let values = schema.columns.map { column -> PrintedRow.Value in
        column.source == "timestamp" ? .bare("1795497251.001000") : Self.value(column.type ?? .scalar(.u64), &random)
      }
      text += PrintedRow(schema, values).payload + [UInt8(ascii: "\n")]
    }
    let draft = try DecompositionDraft([DraftInput(bytes: text, file: "\(topic).jsonl")])
    let decomposition = try DraftFixtures.read(draft)
    #expect(decomposition.warnings.allSatisfy { $0.code == .digestOnly }, "\(decomposition.warnings)")
    for schema in decomposition.rowSchemas where !schema.columns.contains(where: { $0.source.contains(".") }) {
      Self.decodes(schema, sampler, &random)
    }
  }
}
