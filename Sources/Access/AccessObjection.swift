/// Why it is useless to grant users their permissions, and what to do about it.
public struct AccessObjection: Error, Sendable, Equatable {
  /// What is wrong, in a sentence without its full stop.
  public var problem: String
  /// What to do, in whole sentences.
  public var remedy: String
}
