/// What one of the router's own topics is for.
public enum OwnTopic: Sendable, Hashable {
  /// All rows of a user.
  case user(Name)
  /// The rows of one job of a user.
  case job(Name, user: Name)
  /// The job index.
  case jobIndex
  /// The dead letters.
  case deadLetters
  /// The topic of waiting rows.
  case waiting
}
