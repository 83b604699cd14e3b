internal import Decomp
internal import Naming

/// Picks the rows of one row schema by their keys, `<input topic>/<partition>@<life>/<offset>`, and by the metric set that a row
/// names: an input topic may hold the rows of all row schemas, and who reads rows need not have the decomposition.
public struct SchemaFilter: Sendable {
  private let schema: [UInt8]

  /// Rows from the input topic of this name or, where `as_is` put a digest behind it (`meminfo_4b63562`), without that. What a
  /// store puts around it (`ldms.meminfo`) need not be said.
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

  /// Whether the filter accepts all rows from this input topic.
  public func accepts(inputTopic: [UInt8]) -> Bool {
    var start = 0
    while true {
      if isMeant(inputTopic[start...]) { return true }
      guard let dot = inputTopic[start...].firstIndex(of: UInt8(ascii: ".")) else { return false }
      start = dot + 1
    }
  }

  /// Whether the filter accepts a row from this input topic.
  ///
  /// - Parameter set: the metric set that the row names (``metricSet(of:)``), asked only if the topic does not decide.
  public func accepts(inputTopic: [UInt8], set: @autoclosure () -> [UInt8]?) -> Bool {
    accepts(inputTopic: inputTopic) || set().map { isMeant($0[...]) } ?? false
  }

  /// What stands behind the last slash of a row's instance, as in `c1/meminfo`; `nil` where it has none.
  public static func metricSet(of row: RowColumns) -> [UInt8]? {
    guard let instance = row.value(of: Name("instance")), let slash = instance.lastIndex(of: UInt8(ascii: "/")) else {
      return nil
    }
    let set = instance[(slash + 1)...]
    return set.isEmpty ? nil : Array(set)
  }

  /// Whether a name begins with the row schema as a whole part.
  private func isMeant(_ name: ArraySlice<UInt8>) -> Bool {
    guard !schema.isEmpty, name.starts(with: schema) else { return false }
    let rest = name.dropFirst(schema.count)
    let dot = UInt8(ascii: ".")
    if rest.first ?? dot == dot { return true }
    let whole = String(decoding: name.prefix(schema.count) + rest.prefix { $0 != dot }, as: UTF8.self)
    return Decomposition.asIsSchema(ofTopic: whole)?.utf8.elementsEqual(schema) ?? false
  }
}
