/// What was found in one output topic, or not.
public struct TopicCounts: Sendable, Equatable {
  /// Copies that should be there.
  public var missing: Int64 = 0
  /// Copies that exist more than once.
  public var doubled: Int64 = 0
  /// Copies that should not be there.
  public var misplaced: Int64 = 0
  /// Copies with other bytes.
  public var altered: Int64 = 0
  /// Messages that are no copy of any row.
  public var foreign: Int64 = 0
  /// Copies that may have been deleted by retention.
  public var expired: Int64 = 0
  /// Copies that went with the topic.
  public var gone: Int64 = 0
  /// Copies that were not made, because there were as many jobs' topics as there may be.
  public var withoutJobTopic: Int64 = 0

  /// Whether there is nothing to say.
  var isEmpty: Bool { self == TopicCounts() }
}
