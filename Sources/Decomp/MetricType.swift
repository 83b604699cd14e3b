/// The type of a metric or column, as LDMS names it (`enum ldms_value_type`, `ldms/src/core/ldms.h`).
public enum MetricType: Sendable, Hashable {
  /// A type that can be a value by itself or the element of an array.
  public enum Scalar: String, Sendable, Hashable, CaseIterable {
    case char, u8, s8, u16, s16, u32, s32, u64, s64, f32, d64
  }

  /// One value.
  case scalar(Scalar)
  /// An array of them; `array(.char)` is LDMS's string.
  case array(Scalar)
  /// Seconds and microseconds since 1970, printed `1795497251.002300`.
  case timestamp
  /// A list of values or records. LDMS has no printer for it: a row with such a column is never stored.
  case list
  /// An element of a list. Not printable either.
  case record
  /// An array of records. Not printable either.
  case recordArray
  /// The definition of a record. Not printable either.
  case recordType

  /// The type that a `type` of a decomposition names, as `ldms_metric_str_to_type` reads it: without regard to case.
  ///
  /// `nil` for `none` and for any name that LDMS does not know: LDMS then takes the type of the metric.
  public init?(name: String) {
    let name = name.lowercased()
    switch name {
    case "ts", "timestamp": self = .timestamp
    case "list", "list<>": self = .list
    case "record": self = .record
    case "record[]", "record_array": self = .recordArray
    case "record_type": self = .recordType
    default:
      if let scalar = Scalar(rawValue: name) {
        self = .scalar(scalar)
        return
      }
      for suffix in ["[]", "_array"] where name.hasSuffix(suffix) {
        guard let scalar = Scalar(rawValue: String(name.dropLast(suffix.count))) else { return nil }
        self = .array(scalar)
        return
      }
      return nil
    }
  }

  /// The names of the types that a column can have in a row.
  static let documentedNames = Scalar.allCases.flatMap { [$0.rawValue, $0.rawValue + "_array"] } + ["timestamp"]

  /// The name as LDMS's documentation writes it, such as `u64` or `char_array`.
  public var name: String {
    switch self {
    case .scalar(let scalar): scalar.rawValue
    case .array(let scalar): scalar.rawValue + "_array"
    case .timestamp: "timestamp"
    case .list: "list"
    case .record: "record"
    case .recordArray: "record_array"
    case .recordType: "record_type"
    }
  }
}
