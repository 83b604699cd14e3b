public import Naming

/// Which dead letters are to be sent on their way again.
public struct RedriveRequest: Sendable {
  /// Those with one of these reasons; all where it is empty.
  public var reasons: Set<DeadLetterReason> = []
  /// Those whose rows came from one of these input topics; all where it is empty.
  public var topics: Set<String> = []
  /// Those that were stored at this time or later, in milliseconds since 1970.
  public var since: Int64?

  /// All that are kept.
  public init() {}
}
