/// One set of rules of a decomposition: the file's own, or a member of a `flex`.
public struct Decomposer: Sendable, Hashable {
  /// What LDMS makes rows by.
  public enum Kind: Sendable, Hashable {
    /// Rows of declared columns: these of `Decomposition.rows`.
    case `static`(rows: Range<Int>)
    /// A row of all of a set's metrics, its schema named after the set's schema and digest.
    case asIs
    /// Whatever the members that apply to a set make of it.
    case flex(FlexRules)
  }

  /// The name that `digest`, `matches` and `default` call it by; `nil` for the file's own.
  public var name: String?
  /// The `flex` that it is a member of, as an index into `Decomposition.decomposers`; `nil` for the file's own.
  public var parent: Int?
  /// How it makes rows.
  public var kind: Kind
  /// Whether any set can come to it: false for a member that no `digest`, match or `default` names.
  public var isApplied: Bool
}
