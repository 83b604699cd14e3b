/// The number of users to whom a router has granted permission to read their topics.
public struct AccessTotals: Sendable, Equatable {
  /// Users who have their permissions.
  public var granted = 0
  /// Users to whom the brokers did not grant them; the request is repeated from time to time.
  public var refused = 0
  /// Users for whom the brokers have not answered yet.
  public var waiting = 0

  /// Nobody yet.
  public init() {}
}
