/// A row schema as a `static` decomposition declares it.
public struct StaticRow: Sendable, Hashable {
  /// The rows that an operation computes from.
  public struct Group: Sendable, Hashable {
    /// The columns whose values the rows of a group have in common.
    public var index: [String]
    /// The columns that the rows of a group are sorted by.
    public var order: [String]
    /// The rows of a group that LDMS keeps, as it reads the value (`strtoul`, cut to 32 bits).
    ///
    /// Not above 0, an operation ends the aggregator.
    public var limit: Int
    /// The time after which LDMS forgets a silent group, as written; `nil`: never.
    public var timeout: String?
  }

  /// The name and the columns of the row.
  public var schema: RowSchema
  /// The clause that operations need.
  public var group: Group?
  /// The decomposition that declares it, as an index into `Decomposition.decomposers`.
  public var decomposer: Int
}
