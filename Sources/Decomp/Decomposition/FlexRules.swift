/// The rules by which LDMS applies members of a `flex` to a set.
///
/// Those of the set's digest (or else of `*`) and those of every match, together; where that is none, the defaults. If
/// one of them cannot make its rows, the set's other rows are lost with it (`flex_decompose` in `decomp_flex.c`).
public struct FlexRules: Sendable, Hashable {
  /// Members for the sets with one digest.
  public struct Digest: Sendable, Hashable {
    /// The digest as written: 64 hexadecimal digits, or `*`.
    public var digest: String
    /// The names of the members; may be empty.
    public var apply: [String]
  }

  /// Members for the sets that two regular expressions fit.
  public struct Match: Sendable, Hashable {
    /// POSIX extended, not anchored, for the set's schema; `nil`: any.
    public var schema: String?
    /// POSIX extended, not anchored, for the set's instance name; `nil`: any.
    public var instance: String?
    /// The names of the members; never empty.
    public var apply: [String]
  }

  /// The digests, in the order of the file.
  public var digests: [Digest] = []
  /// The matches, in the order of the file.
  public var matches: [Match] = []
  /// The names of the members for the sets that nothing else applies to.
  public var defaults: [String] = []
}
