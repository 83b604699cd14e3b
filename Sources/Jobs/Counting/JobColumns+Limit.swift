internal import Decomp

extension JobColumns {
  /// What is wrong with a list of columns and what to do, and the item where that shows; `nil` for a list that can be
  /// kept.
  ///
  /// A decoder observes ``ObservedValues/limit`` columns of a row schema, those that rows are chosen by included. Which
  /// row schemas there are is not known here; but all columns that can be in one have names of row schemas that begin
  /// with each other.
  @Sendable
  package static func validationError(_ texts: [String]) -> (index: Int, text: String)? {
    guard texts.count <= limit else {
      return (limit, "at most \(limit) columns can be kept; remove this one or another")
    }
    let columns = texts.compactMap { try? JobColumn($0) }
    for longest in columns {
      var names: Set<[UInt8]> = []
      for (index, column) in columns.enumerated() where column.matches(schemaNamed: longest.schema) {
        names.insert(Array(column.column.utf8))
        if let filter = column.filter { names.insert(Array(filter.column.utf8)) }
        if names.count > ObservedValues.limit {
          let text =
            "at most \(ObservedValues.limit) columns of one row schema can be observed, including those in braces; "
            + "remove this one or another of \(longest.schema)"
          return (index, text)
        }
      }
    }
    return nil
  }
}
