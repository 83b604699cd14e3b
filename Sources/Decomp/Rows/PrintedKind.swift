/// The forms that LDMS can print for a column, as the decoder distinguishes them.
enum PrintedKind: UInt8, Sendable, Hashable {
  /// `%hhu` to `%lu`.
  case unsigned
  /// `%hhd` to `%ld`.
  case signed
  /// `%.9g` and `%.17g`: integers too, exponents, and `nan`, `-nan`, `inf`, `-inf`.
  case float
  /// `%u.%06u`.
  case timestamp
  /// `"%c"`: one byte, whichever, between quotes.
  case char
  /// `"%s"`: any bytes but NUL between quotes.
  case string
  /// `[%lu,%lu]`.
  case unsignedArray
  /// `[%ld,%ld]`.
  case signedArray
  /// `[%.17g,%.17g]`.
  case floatArray
  /// Any of the above, because no type was declared.
  case undeclared
  /// A type without a printer: LDMS drops the row (`strbuf_printcol` returns EINVAL), so none arrives.
  case unprintable

  /// What LDMS prints for a column of this source and declared type.
  ///
  /// `resolve_col` (`ldms/src/decomp/static/decomp_static.c`) gives a set's properties their own type. A name or digest
  /// overrules the declaration even in builds without assertions; for a time, the declared type is what is printed
  /// there.
  init(source: String, type: MetricType?) {
    switch source {
    case "producer", "M_producer", "instance", "M_instance", "M_schema", "M_digest":
      self = .string
      return
    default: break
    }
    switch type {
    case nil:
      self =
        switch source {
        case "timestamp", "M_timestamp", "M_duration": .timestamp
        case "M_uid", "M_gid", "M_perm", "M_card": .unsigned
        default: .undeclared
        }
    case .scalar(.u8), .scalar(.u16), .scalar(.u32), .scalar(.u64): self = .unsigned
    case .scalar(.s8), .scalar(.s16), .scalar(.s32), .scalar(.s64): self = .signed
    case .scalar(.f32), .scalar(.d64): self = .float
    case .scalar(.char): self = .char
    case .array(.u8), .array(.u16), .array(.u32), .array(.u64): self = .unsignedArray
    case .array(.s8), .array(.s16), .array(.s32), .array(.s64): self = .signedArray
    case .array(.f32), .array(.d64): self = .floatArray
    case .array(.char): self = .string
    case .timestamp: self = .timestamp
    case .list, .record, .recordArray, .recordType: self = .unprintable
    }
  }
}
