/// Why the files of a user cannot be written.
public struct ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What has to be done about it.
  public enum Kind: Sendable, Hashable {
    /// The disk or a quota is full.
    case full
    /// Somebody has to look at it.
    case refused
  }

  /// What has to be done about it.
  public var kind: Kind
  /// What failed, where, and why.
  public var description: String

  /// This error.
  public init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
