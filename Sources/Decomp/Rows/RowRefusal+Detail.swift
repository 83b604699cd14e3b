/// What is told about a refusal: made from the payload when somebody asks, not while decoding.
extension RowDecoder {
  /// A sentence on a refusal by this decoder: where, what was expected, what was found.
  ///
  /// Plain ASCII, whatever the payload holds.
  public func detail(of refusal: RowRefusal, in payload: UnsafeRawBufferPointer) -> String {
    refusal.detail(schema: schema, payload: payload)
  }
}

extension RowDecoderSet {
  /// A sentence on a refusal by this decoder: where, what was expected, what was found.
  ///
  /// Plain ASCII, whatever the payload holds.
  public func detail(of refusal: RowRefusal, in payload: UnsafeRawBufferPointer) -> String {
    if schemas.isEmpty, !includesUndeclared { return "no row schema is declared for this topic" }
    let schema = schemas.indices.contains(refusal.variant) ? schemas[refusal.variant] : nil
    let detail = refusal.detail(schema: schema, payload: payload)
    let count = schemas.count + (includesUndeclared ? 1 : 0)
    guard count > 1 else { return detail }
    guard let schema, schemas.contains(where: { $0.name != schema.name }) else {
      return "row schema \(refusal.variant + 1) of \(count): \(detail)"
    }
    return "none of \(count) row schemas accepts it; the nearest is \"\(RowRefusal.escaped(schema.name))\": \(detail)"
  }
}

extension UndeclaredRowDecoder {
  /// A sentence on a refusal by this decoder: where, what was expected, what was found.
  ///
  /// Plain ASCII, whatever the payload holds.
  public func detail(of refusal: RowRefusal, in payload: UnsafeRawBufferPointer) -> String {
    refusal.detail(schema: nil, payload: payload)
  }
}

extension RowRefusal {
  /// The most bytes of a payload or a name that a sentence shows.
  private static let mostShown = 40

  fileprivate func detail(schema: RowSchema?, payload: UnsafeRawBufferPointer) -> String {
    switch reason {
    case .empty: "the payload has no bytes"
    case .avro:
      "Avro with a schema registry's header, which this topic's rows should not have; set encoding=json in the store"
    case .notAnObject: "a row begins with {; found \(shown(payload))"
    case .columnMismatch: "byte \(offset): expected \(expected(schema)), found \(shown(payload))"
    case .badValue: "byte \(offset): expected a value of \(named(schema)), found \(shown(payload))"
    case .truncated: "byte \(offset): the payload ends where \(expected(schema)) should be complete"
    case .trailingBytes: "byte \(offset): the row has ended, found \(shown(payload))"
    case .ambiguous, .tooDoubtful:
      "byte \(offset): the row has more than one reading, because text from here on looks like columns: "
        + "\(named(schema)), found \(shown(payload))"
    case .unprintable: "\(named(schema)) has a type that LDMS cannot print, so it stores no row of this schema"
    }
  }

  /// What should stand there.
  private func expected(_ schema: RowSchema?) -> String {
    guard let schema else { return column == 0 ? "{\"timestamp\":" : "a column or the end of the row" }
    guard column < schema.columns.count else { return "} after the last column" }
    return Self.escaped((column == 0 ? "{\"" : ",\"") + schema.columns[column].name + "\":") + " (\(number(schema)))"
  }

  /// The name of the column.
  private func named(_ schema: RowSchema?) -> String {
    guard let schema else { return column == 0 ? "column timestamp" : "column job_id" }
    guard column < schema.columns.count else { return "the end of the row" }
    let type = schema.columns[column].type.map { " of type \($0.name)" } ?? ""
    return "\(number(schema)), \"\(Self.escaped(schema.columns[column].name))\"\(type)"
  }

  private func number(_ schema: RowSchema) -> String { "column \(column + 1) of \(schema.columns.count)" }

  private func shown(_ payload: UnsafeRawBufferPointer) -> String {
    guard offset < payload.count else { return "the end of the payload" }
    let rest = UnsafeRawBufferPointer(rebasing: payload[offset...])
    return Self.escaped(rest.prefix(Self.mostShown)) + (rest.count > Self.mostShown ? "..." : "")
  }

  fileprivate static func escaped(_ text: String) -> String {
    escaped(text.utf8.prefix(mostShown)) + (text.utf8.count > mostShown ? "..." : "")
  }

  /// The bytes with everything but printable ASCII as `\xNN`, and the backslash doubled.
  private static func escaped(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".unicodeScalars)
    var text = String.UnicodeScalarView()
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\\"): text.append(contentsOf: "\\\\".unicodeScalars)
      case 0x20...0x7E: text.append(Unicode.Scalar(byte))
      default:
        text.append(contentsOf: "\\x".unicodeScalars)
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
    }
    return String(text)
  }
}
