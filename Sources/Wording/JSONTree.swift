/// A JSON document in the making, for output that scripts read.
public enum JSONTree: Sendable, Equatable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// A decimal number, such as milliseconds with a fraction; must be finite.
  case number(Double)
  case text(String)
  case list([JSONTree])
  /// Members in the order in which they are written; the names have to differ.
  case object([Member])

  /// A name and its value.
  public struct Member: Sendable, Equatable {
    /// The name, as it is.
    public var name: String
    /// The value of the member.
    public var value: JSONTree

    /// A member.
    public init(_ name: String, _ value: JSONTree) {
      self.name = name
      self.value = value
    }
  }

  /// An object with these members, in this order.
  public static func object(_ members: KeyValuePairs<String, JSONTree>) -> JSONTree {
    .object(members.map { Member($0.key, $0.value) })
  }

  /// The text, or null.
  public init(_ text: String?) {
    self = text.map { .text($0) } ?? .null
  }

  /// The number, or null.
  public init(_ number: (some BinaryInteger)?) {
    self = number.map { .integer(Int64(clamping: $0)) } ?? .null
  }

  /// The document on several lines, indented, without a newline at its end.
  public var document: String {
    var bytes: [UInt8] = []
    write(to: &bytes, indentation: "\n")
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The document on one line.
  public var line: String { String(decoding: lineBytes, as: UTF8.self) }

  /// The line as UTF-8.
  public var lineBytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes, indentation: nil)
    return bytes
  }

  /// - Parameter indentation: the newline and blanks in front of what stands beside this value; nil for one line.
  private func write(to bytes: inout [UInt8], indentation: String?) {
    switch self {
    case .null: bytes += "null".utf8
    case .boolean(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    case .number(let value): bytes += String(value).utf8
    case .text(let value): Escaping.appendJSON(value, to: &bytes)
    case .list(let values):
      write(values, between: "[", "]", to: &bytes, indentation) { value, bytes, inner in
        value.write(to: &bytes, indentation: inner)
      }
    case .object(let members):
      write(members, between: "{", "}", to: &bytes, indentation) { member, bytes, inner in
        Escaping.appendJSON(member.name, to: &bytes)
        bytes += (inner == nil ? ":" : ": ").utf8
        member.value.write(to: &bytes, indentation: inner)
      }
    }
  }

  private func write<Item>(
    _ items: [Item], between opening: String, _ closing: String, to bytes: inout [UInt8], _ indentation: String?,
    _ writeItem: (Item, inout [UInt8], String?) -> Void
  ) {
    bytes += opening.utf8
    let inner = indentation.map { $0 + "  " }
    var isFirst = true
    for item in items {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      if let inner { bytes += inner.utf8 }
      writeItem(item, &bytes, inner)
    }
    if let indentation, !items.isEmpty { bytes += indentation.utf8 }
    bytes += closing.utf8
  }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A list.
  public init(arrayLiteral elements: JSONTree...) { self = .list(elements) }
  /// An object with these members, in this order.
  public init(dictionaryLiteral elements: (String, JSONTree)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
