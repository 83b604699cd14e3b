/// What LDMS computes over the rows of a group before it prints a column (`op`, `decomp_static.c`).
public enum Operation: String, Sendable, Hashable, CaseIterable {
  /// The value less that of the row before.
  case diff
  /// The mean over the group's cached rows.
  case mean
  /// The smallest of the group's cached rows.
  case min
  /// The largest of the group's cached rows.
  case max
}
