/// The name and the ordered columns of one kind of row; for `store_kafka` the name is also the topic.
public struct RowSchema: Sendable, Hashable {
  /// `schema` of the decomposition, verbatim: LDMS checks nothing about it.
  public var name: String
  /// The columns in the order in which LDMS prints them.
  ///
  /// Never empty.
  public var columns: [Column]

  /// A row schema with these columns.
  public init(name: String, columns: [Column]) {
    self.name = name
    self.columns = columns
  }

  /// The position of the first column with this role.
  public func index(of role: IdentityRole) -> Int? {
    columns.firstIndex { $0.identity == role }
  }
}
