import Decomp
import TestSupport

/// A random row schema, and rows that LDMS would print from it with values chosen to be misread.
struct HostileSchema {
  var schema: RowSchema

  /// A few columns, with names from a handful of characters that matter, or ordinary ones.
  init(_ random: inout SeededGenerator) {
    let isOrdinary = random.chance(oneIn: 2)
    let letters = Array("ab:,\"}{][0\\")
    var columns: [Column] = []
    for index in 0..<Int.random(in: 1...7, using: &random) {
      let source = ["timestamp", "producer", "instance", "job_id", "m", "s", "M_producer"].randomElement(using: &random)
      let length = Int.random(in: 0...3, using: &random)
      let odd = String((0..<length).map { _ in letters.randomElement(using: &random) ?? "a" })
      let usual =
        ["a", "bb", "Active(anon)", "name", "workingset_refault_anon", "c"].randomElement(using: &random) ?? ""
      columns.append(
        Column(
          source: source ?? "m", name: isOrdinary ? "\(usual)\(index)" : odd,
          type: Self.type(of: source ?? "m", &random)))
    }
    schema = RowSchema(name: "hostile", columns: columns)
  }

  private static func type(of source: String, _ random: inout SeededGenerator) -> MetricType? {
    switch source {
    case "timestamp": return random.chance(oneIn: 2) ? .timestamp : nil
    case "producer", "M_producer", "instance": return random.chance(oneIn: 2) ? .array(.char) : nil
    case "job_id": return random.chance(oneIn: 2) ? .scalar(.u64) : nil
    case "s": return [.array(.char), .scalar(.char), nil].randomElement(using: &random) ?? nil
    default:
      let scalar = MetricType.Scalar.allCases.randomElement(using: &random) ?? .u64
      return [.scalar(scalar), .array(scalar), .timestamp, nil].randomElement(using: &random) ?? nil
    }
  }

  /// Values that LDMS may have for the columns; the strings among them are made of what stands between columns.
  func values(_ random: inout SeededGenerator) -> [PrintedRow.Value] {
    schema.columns.map { column in
      switch column.source {
      case "timestamp":
        return .bare("1795497251.00\(Int.random(in: 1000...9999, using: &random))")
      case "producer", "M_producer", "instance":
        return random.chance(oneIn: 2) ? .string("user:1:c") : .string(text(&random))
      case "job_id":
        return .bare(["0", "101", "18446744073709551615", "4294967296"].randomElement(using: &random) ?? "0")
      default:
        return value(column.type ?? Self.anyType(&random), &random)
      }
    }
  }

  private static func anyType(_ random: inout SeededGenerator) -> MetricType {
    let scalar = MetricType.Scalar.allCases.randomElement(using: &random) ?? .u64
    return random.chance(oneIn: 3) ? .scalar(scalar) : .array(random.chance(oneIn: 3) ? scalar : .char)
  }

  private func value(_ type: MetricType, _ random: inout SeededGenerator) -> PrintedRow.Value {
    switch type {
    case .scalar(.char):
      let bytes: [UInt8] = [0, 0x22, 0x2C, 0x7D, 0x5C, 0x61, 0xFF]
      return .char(bytes.randomElement(using: &random) ?? 0)
    case .array(.char): return .string(text(&random))
    case .scalar(let scalar): return .bare(Self.number(scalar, &random))
    case .array(let scalar):
      let numbers = (0..<Int.random(in: 0...3, using: &random)).map { _ in Self.number(scalar, &random) }
      return .bare("[\(numbers.joined(separator: ","))]")
    case .timestamp, .list, .record, .recordArray, .recordType: return .bare("1.000002")
    }
  }

  private static func number(_ scalar: MetricType.Scalar, _ random: inout SeededGenerator) -> String {
    switch scalar {
    case .f32, .d64:
      let all = [
        "nan", "-nan", "inf", "-inf", "0", "-0", "0.5", "1e+300", "4.9406564584124654e-324", "0.10000000000000001",
      ]
      return all.randomElement(using: &random) ?? "0"
    case .s8, .s16, .s32, .s64: return ["-1", "0", "127", "-9223372036854775808"].randomElement(using: &random) ?? "0"
    case .char, .u8, .u16, .u32, .u64: return ["0", "7", "18446744073709551615"].randomElement(using: &random) ?? "0"
    }
  }

  /// Bytes without NUL, many of them what LDMS prints around values.
  private func text(_ random: inout SeededGenerator) -> [UInt8] {
    var text: [UInt8] = []
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let name = schema.columns.randomElement(using: &random)?.name ?? ""
      let pieces = [
        "\"", ",\"\(name)\":", "\",\"\(name)\":", "\",\"\(name)\":\"", "\",\"\(name)\":0", "{\"\(name)\":", "}", "\"}",
        ",",
        ":", "\\", "0", "[", "]", "x", "user:2:c", "1795497251.001000", "é", "\n",
      ]
      text += Array((pieces.randomElement(using: &random) ?? "").utf8)
    }
    return text
  }
}
