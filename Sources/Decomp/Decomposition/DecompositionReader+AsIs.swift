internal import Wording

extension DecompositionReader {
  /// The checks of `as_is_config` in `decomp_as_is.c`.
  ///
  /// Its indices mean nothing to a Kafka store.
  mutating func checkAsIs(_ value: JSONValue) throws(Refusal) {
    guard let indices = value["indices"] else { return }
    guard indices.kind == .array else { throw mistyped(indices, "an array of indices") }
    for index in indices.elements {
      guard index.kind == .object else { throw mistyped(index, "an index: an object with \"name\" and \"cols\"") }
      guard let name = index["name"] else { throw missing("name", in: index, "a string, the name of the index") }
      guard name.kind == .string else { throw mistyped(name, "a string, the name of the index") }
      let expected = "an array of the names of metrics"
      guard let columns = index["cols"] else { throw missing("cols", in: index, expected) }
      guard columns.kind == .array else { throw mistyped(columns, expected) }
      for column in columns.elements {
        guard let source = column.string else { throw mistyped(column, "a string, the name of a metric") }
        guard source != "timestamp", Column(source: source).propertyType != nil else { continue }
        warn(
          .asIsIndex, at: column.path,
          "rows of an as_is decomposition have no column \(quoted(source)), and LDMS stores nothing of a set that lacks a "
            + "column of an index", "remove it from the index")
      }
      warnAboutUnknownKeys(in: index, ["name", "cols"], of: "an index")
    }
  }
}
