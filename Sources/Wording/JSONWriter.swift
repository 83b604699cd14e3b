/// Writes a JSON document on one line, value by value, where there are too many of them for a `JSONTree`.
///
/// Commas come by themselves; whoever writes ensures that what is begun is ended, and that members have names.
public struct JSONWriter {
  /// What has been written, as UTF-8.
  public private(set) var bytes: [UInt8] = []

  /// A writer that has written nothing.
  public init() {}

  /// Begins an object.
  public mutating func beginObject() { begin(UInt8(ascii: "{")) }

  /// Ends it.
  public mutating func endObject() { bytes.append(UInt8(ascii: "}")) }

  /// Begins a list.
  public mutating func beginList() { begin(UInt8(ascii: "[")) }

  /// Ends it.
  public mutating func endList() { bytes.append(UInt8(ascii: "]")) }

  /// The name of the member whose value comes next.
  public mutating func name(_ name: String) {
    separate()
    Escaping.appendJSON(name, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
  }

  /// A text, or null.
  public mutating func write(_ text: String?) {
    separate()
    if let text { Escaping.appendJSON(text, to: &bytes) } else { bytes += "null".utf8 }
  }

  /// A whole number, or null.
  public mutating func write(_ number: (some BinaryInteger)?) {
    separate()
    bytes += (number.map { String($0) } ?? "null").utf8
  }

  /// A number, with as many digits as it takes to read the same one; null where it is none.
  public mutating func write(_ number: Float) {
    separate()
    bytes += (number.isFinite ? number.description : "null").utf8
  }

  /// A truth.
  public mutating func write(_ isTrue: Bool) {
    separate()
    bytes += (isTrue ? "true" : "false").utf8
  }

  private mutating func begin(_ mark: UInt8) {
    separate()
    bytes.append(mark)
  }

  /// A comma, behind another value.
  private mutating func separate() {
    switch bytes.last {
    case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
    default: bytes.append(UInt8(ascii: ","))
    }
  }
}
