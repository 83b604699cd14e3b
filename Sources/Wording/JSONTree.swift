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
    /// Its value.
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
    var text = ""
    write(to: &text, indentation: "\n")
    return text
  }

  /// The document on one line.
  public var line: String {
    var text = ""
    write(to: &text, indentation: nil)
    return text
  }

  /// - Parameter indentation: the newline and blanks in front of what stands beside this value; nil for one line.
  private func write(to text: inout String, indentation: String?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += String(value)
    case .text(let value): text += Escaping.json(value)
    case .list(let values):
      write(values, between: "[", "]", to: &text, indentation) { value, text, inner in
        value.write(to: &text, indentation: inner)
      }
    case .object(let members):
      write(members, between: "{", "}", to: &text, indentation) { member, text, inner in
        text += Escaping.json(member.name) + (inner == nil ? ":" : ": ")
        member.value.write(to: &text, indentation: inner)
      }
    }
  }

  private func write<Item>(
    _ items: [Item], between opening: String, _ closing: String, to text: inout String, _ indentation: String?,
    _ writeItem: (Item, inout String, String?) -> Void
  ) {
    text += opening
    let inner = indentation.map { $0 + "  " }
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += inner }
      writeItem(item, &text, inner)
    }
    if let indentation, !items.isEmpty { text += indentation }
    text += closing
  }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// A whole number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A list.
  public init(arrayLiteral elements: JSONTree...) { self = .list(elements) }
}
