/// The kinds of topics that `topics/` declares.
public enum TopicKind: String, Sendable, Hashable, CaseIterable {
  /// All rows of a user.
  case user
  /// The rows of one job.
  case job
  /// The dead letters.
  case deadLetter = "dead-letter"
  /// Rows that wait for the owner of their job.
  case waiting
  /// The job index.
  case jobIndex = "job-index"
  /// What the aggregator stores into.
  case input

  /// What one of them is called: `job topic`.
  public var noun: String {
    switch self {
    case .user: "user topic"
    case .job: "job topic"
    case .deadLetter: "dead-letter topic"
    case .waiting: "topic of waiting rows"
    case .jobIndex: "job index topic"
    case .input: "input topic"
    }
  }

  /// The file of `topics/` that declares them.
  public var file: String {
    switch self {
    case .user: "user.yaml"
    case .job: "job.yaml"
    case .deadLetter: "dead-letter.yaml"
    case .waiting: "waiting.yaml"
    case .jobIndex: "job-index.yaml"
    case .input: "inputs.yaml"
    }
  }
}
