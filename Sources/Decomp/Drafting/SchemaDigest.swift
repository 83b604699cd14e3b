/// LDMS's digest of a set's schema: SHA-256 over the names and types of its metrics, in their order.
///
/// `ldms_ls -v -v` prints it, a `flex` chooses its members by it, and an `as_is` topic's name ends with its first seven
/// digits. The name of the schema, units and lengths of arrays do not enter.
public struct SchemaDigest: Sendable, Hashable {
  /// How many of the digits are in the name of an `as_is` topic.
  public static let topicDigits = 7

  /// The 64 hexadecimal digits, in upper case as `ldms_ls` prints them.
  public let text: String

  /// A digest as `ldms_ls` prints it; `nil` for anything but 64 hexadecimal digits.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 64, text.utf8.allSatisfy(\.isHexDigit) else { return nil }
    self.text = text.uppercased()
  }

  /// The digits that the name of an `as_is` topic ends with.
  public var topicSuffix: String { text.prefix(Self.topicDigits).lowercased() }

  /// The digest of a schema with these metrics; `nil` where the type of one is not known.
  public init?(of metrics: [MetricSetShape.Metric]) {
    var bytes: [UInt8] = []
    for metric in metrics {
      switch metric.content {
      case .value(let type):
        guard let type else { return nil }
        Self.add(metric.name, type, to: &bytes)
      case .recordType(let members):
        // Members enter in front of the record that they define.
        guard !members.isEmpty else { return nil }
        for member in members {
          guard let type = member.type else { return nil }
          Self.add(member.name, type, to: &bytes)
        }
        Self.add(metric.name, .recordType, to: &bytes)
      case .records, .values: Self.add(metric.name, .list, to: &bytes)
      case .recordArray: Self.add(metric.name, .recordArray, to: &bytes)
      }
    }
    text = SHA256.digest(of: bytes).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// A name, and the type's number in `enum ldms_value_type` (`ldms_core.h`) as four bytes, the lowest first.
  private static func add(_ name: String, _ type: MetricType, to bytes: inout [UInt8]) {
    bytes += name.utf8
    bytes += [type.number, 0, 0, 0]
  }
}

extension MetricType {
  /// The number of the type in `enum ldms_value_type`.
  fileprivate var number: UInt8 {
    switch self {
    case .scalar(let scalar): scalar.number
    case .array(.char): 12
    // Arrays come in the order of their elements, behind the scalars; there is no second kind of char.
    case .array(let scalar): scalar.number + 11
    case .list: 23
    case .recordType: 25
    case .record: 26
    case .recordArray: 27
    case .timestamp: 28
    }
  }
}

extension MetricType.Scalar {
  fileprivate var number: UInt8 {
    switch self {
    case .char: 1
    case .u8: 2
    case .s8: 3
    case .u16: 4
    case .s16: 5
    case .u32: 6
    case .s32: 7
    case .u64: 8
    case .s64: 9
    case .f32: 10
    case .d64: 11
    }
  }
}
