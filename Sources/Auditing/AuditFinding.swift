internal import Kafka

/// Something that is not as it should be, with its places.
public struct AuditFinding: Sendable, Hashable {
  /// What is wrong.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A copy is in a topic where it should not be.
    case misplaced
    /// A copy has other bytes than the row.
    case altered
    /// A copy is not where it should be.
    case missing
    /// Rows were deleted before the router had read them.
    case deleted
    /// A copy exists more than once.
    case doubled
    /// A message is no copy of any row.
    case foreign
  }

  /// What is wrong.
  public var kind: Kind
  /// The row; `nil` for what is none.
  public var row: RowPlace?
  /// The topic where the copy is or, if it is missing, should be.
  public var topic: String
  /// The partition; `nil` where the topic does not exist.
  public var partition: Int32?
  /// The offset of the copy; `nil` if it is missing.
  public var offset: Int64?
  /// Details that are safe to print; may be empty.
  public var detail: String

  /// A finding.
  init(_ kind: Kind, row: RowPlace?, topic: String, partition: Int32?, offset: Int64?, detail: String = "") {
    self.kind = kind
    self.row = row
    self.topic = topic
    self.partition = partition
    self.offset = offset
    self.detail = detail
  }
}
