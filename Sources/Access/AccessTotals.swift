/// For how many users a router has made permission to read their topics.
public struct AccessTotals: Sendable, Equatable {
  /// Users who have their permissions.
  public var granted = 0
  /// Users whom the brokers refused them; they are asked again from time to time.
  public var refused = 0
  /// Users for whom the brokers have not answered yet.
  public var waiting = 0

  /// Nobody yet.
  public init() {}
}
