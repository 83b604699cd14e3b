extension Decomposition {
  /// The topics of rows that were stored as they are, as a POSIX extended regular expression that also librdkafka's
  /// subscription takes: the set's schema, `_`, and the first 28 bits of its digest (`get_row_cfg` in `decomp_as_is.c`).
  public static let asIsTopicPattern = "^[A-Za-z0-9._-]+_[0-9a-f]{7}$"

  /// The set's schema in the name of a topic of as_is rows, `meminfo` for `meminfo_4b63562`; `nil` for any other name.
  public static func asIsSchema(ofTopic topic: String) -> Substring? {
    let bytes = topic.utf8
    guard bytes.count > 8, bytes.count <= 249 else { return nil }
    let separator = bytes.index(bytes.endIndex, offsetBy: -8)
    guard bytes[separator] == UInt8(ascii: "_"),
      bytes[separator...].dropFirst().allSatisfy({ $0.isHexDigit && !(0x41...0x46).contains($0) }),
      bytes[..<separator].allSatisfy({ $0.isLetterOrDigit || "._-".utf8.contains($0) })
    else { return nil }
    return topic[..<separator]
  }
}
