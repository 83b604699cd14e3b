/// A value of a JSON text that was read by jansson: strict JSON, UTF-8, an object or array at the top, the last of
/// several equal keys wins.
///
/// It shares the text's tree with all other values of the text and keeps it as long as any of them lives. Members and
/// elements are made as they are asked for; a text of a few kB costs some tens of microseconds. Not for rows of LDMS,
/// which are no JSON: ``RowDecoder`` reads those.
public struct JSONReading {
  /// What a value is.
  public enum Kind: Sendable, Hashable { case object, array, string, integer, real, boolean, null }

  /// Keeps jansson's tree.
  private final class Text {
    let document: JSONDocument

    init(_ text: UnsafeRawBufferPointer) throws(JSONDocument.SyntaxError) { document = try JSONDocument(text) }
  }

  private let text: Text
  /// Valid as long as `text` lives; what it returns is only given away together with that.
  private let value: JSONValue

  private init(_ text: Text, _ value: JSONValue) {
    self.text = text
    self.value = value
  }

  /// Reads a text; copies what it needs.
  public init(_ text: UnsafeRawBufferPointer) throws(JSONReadingError) {
    do throws(JSONDocument.SyntaxError) {
      let kept = try Text(text)
      self.init(kept, kept.document.withRoot { $0 })
    } catch { throw JSONReadingError(line: error.line, column: error.column, message: error.message) }
  }

  /// Reads a text; copies what it needs.
  public init(_ text: [UInt8]) throws(JSONReadingError) {
    let result = text.withUnsafeBytes { bytes in Result { () throws(JSONReadingError) in try JSONReading(bytes) } }
    self = try result.get()
  }

  /// What it is.
  public var kind: Kind {
    keepingText {
      switch $0.kind {
      case .object: .object
      case .array: .array
      case .string: .string
      case .integer: .integer
      case .real: .real
      case .boolean: .boolean
      case .null: .null
      }
    }
  }

  /// The path of the value in the text: `$.nodes[3]`.
  public var path: String { value.path.description }

  /// The value in the words of a message: `an array`, `the number 7`.
  public var summary: String { keepingText { $0.summary } }

  /// The member with this key; `nil` too for what is no object.
  ///
  /// A member that is `null` is one.
  public subscript(key: String) -> JSONReading? { keepingText { $0[key].map { JSONReading(text, $0) } } }

  /// The members in the order in which their keys first appear; none for what is no object.
  public var members: [(key: String, value: JSONReading)] {
    keepingText { value in value.members.map { (String(decoding: $0.key, as: UTF8.self), JSONReading(text, $0.value)) }
    }
  }

  /// The elements; none for what is no array.
  public var elements: [JSONReading] { keepingText { value in value.elements.map { JSONReading(text, $0) } } }

  /// The string; `nil` for what is none.
  public var string: String? { keepingText { $0.string } }

  /// The integer; `nil` for what is none, `1.0` included.
  public var integer: Int64? { keepingText { $0.integer } }

  /// The number, integer or not; `nil` for what is none.
  public var number: Double? { keepingText { $0.number } }

  /// The truth; `nil` for what is none.
  public var boolean: Bool? { keepingText { $0.boolean } }

  /// The tree must live until jansson has answered: Swift may let go of it after its last use.
  private func keepingText<Result>(_ body: (JSONValue) -> Result) -> Result {
    withExtendedLifetime(text) { body(value) }
  }
}
