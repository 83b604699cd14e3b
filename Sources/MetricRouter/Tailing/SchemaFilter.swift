internal import Decomp

/// Picks the rows of one row schema by their keys, `<input topic>/<partition>@<life>/<offset>`.
public struct SchemaFilter: Sendable {
  private let schema: [UInt8]

  /// Rows from the input topic of this name or, where `as_is` put a digest behind it (`meminfo_4b63562`), without that.
  public init(_ schema: String) {
    self.schema = Array(schema.utf8)
  }

  /// The input topic that a key names; all of it where it is not such a key.
  public static func inputTopic(ofKey key: some Collection<UInt8>) -> [UInt8] {
    let key = Array(key)
    guard let last = key.lastIndex(of: UInt8(ascii: "/")),
      let first = key[..<last].lastIndex(of: UInt8(ascii: "/"))
    else { return key }
    return Array(key[..<first])
  }

  /// Whether rows from this input topic are meant.
  public func accepts(inputTopic: [UInt8]) -> Bool {
    if inputTopic == schema { return true }
    guard inputTopic.starts(with: schema) else { return false }
    return Decomposition.asIsSchema(ofTopic: String(decoding: inputTopic, as: UTF8.self))?.utf8.elementsEqual(schema)
      ?? false
  }
}
