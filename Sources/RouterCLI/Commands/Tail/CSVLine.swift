/// A line of comma-separated values, quoted as RFC 4180 says.
enum CSVLine {
  /// The line without its end. Bytes stay as they are.
  static func bytes(_ values: [[UInt8]]) -> [UInt8] {
    // A line of one empty value would be an empty line, which readers skip.
    if values == [[]] { return Array("\"\"".utf8) }
    return Array(values.map { quoted($0) }.joined(separator: [UInt8(ascii: ",")]))
  }

  private static let quote = UInt8(ascii: "\"")

  private static func quoted(_ value: [UInt8]) -> [UInt8] {
    let needsQuotes = value.contains { byte in
      byte == UInt8(ascii: ",") || byte == quote || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
    guard needsQuotes else { return value }
    return [quote] + value.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }
}
