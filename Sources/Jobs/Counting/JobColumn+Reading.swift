extension JobColumn {
  /// The longest text that is read, in bytes.
  package static let mostBytes = 512

  private static let rate = "rate("

  /// Reads what `description` writes: `SCHEMA/COLUMN`, `SCHEMA/COLUMN{COLUMN=VALUE}`, or either in `rate(...)`.
  public init(_ text: String) throws(JobColumnError) {
    func fail(_ problem: JobColumnError.Problem) -> JobColumnError { JobColumnError(text: text, problem: problem) }
    guard text.utf8.count <= Self.mostBytes else { throw fail(.tooLong) }
    var rest = Array(text.utf8)[...]
    isRate = text.utf8.starts(with: Self.rate.utf8)
    if isRate {
      guard rest.last == UInt8(ascii: ")") else { throw fail(.openRate) }
      rest = rest.dropFirst(Self.rate.utf8.count).dropLast()
    }
    guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { throw fail(.noSchema) }
    let schema = rest[..<slash]
    // The characters of a topic's name, which is what a row schema is called.
    guard !schema.isEmpty, schema.allSatisfy(Self.isOfSchema) else { throw fail(.badSchema) }
    self.schema = String(decoding: schema, as: UTF8.self)
    rest = rest[(slash + 1)...]
    filter = nil
    if let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
      let inside = rest[(brace + 1)...]
      guard inside.last == UInt8(ascii: "}"), let equals = inside.firstIndex(of: UInt8(ascii: "=")),
        equals > inside.startIndex
      else { throw fail(.badFilter) }
      let value = inside[(equals + 1)...].dropLast()
      guard !Self.hasBrace(inside.dropLast()), !value.isEmpty else { throw fail(.badFilter) }
      filter = Filter(
        column: String(decoding: inside[..<equals], as: UTF8.self), value: String(decoding: value, as: UTF8.self))
      rest = rest[..<brace]
    }
    guard !rest.isEmpty, !Self.hasBrace(rest) else { throw fail(.badColumn) }
    column = String(decoding: rest, as: UTF8.self)
  }

  /// What is wrong with a text and what to do; `nil` for a column.
  @Sendable
  package static func validationError(_ text: String) -> String? {
    do throws(JobColumnError) {
      _ = try JobColumn(text)
      return nil
    } catch {
      return error.description
    }
  }

  private static func hasBrace(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.contains(UInt8(ascii: "{")) || bytes.contains(UInt8(ascii: "}"))
  }

  private static func isOfSchema(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
