internal import Kafka
internal import MetricRouter
internal import Naming
internal import Topics

/// A topic of the router as `router topics` shows it.
struct TopicListing {
  let topic: String
  let own: OwnTopic
  let partitions: Int32
  let content: TopicContent
  /// The time of the listing, in milliseconds since 1970.
  var time: Int64 = 0
  /// What was found in each partition.
  var found: [PartitionContent] = []

  /// What kind of topic it is, in JSON.
  var kind: String {
    switch own {
    case .user: "user"
    case .job: "job"
    case .jobIndex: "job-index"
    case .deadLetters: "dead-letter"
    case .waiting: "waiting"
    }
  }

  var user: Name? {
    switch own {
    case .user(let user), .job(_, let user): user
    case .jobIndex, .deadLetters, .waiting: nil
    }
  }

  var job: Name? {
    switch own {
    case .job(let job, _): job
    case .user, .jobIndex, .deadLetters, .waiting: nil
    }
  }
}

extension TopicListing {
  /// The order of the topics.
  enum Order: String, CaseIterable {
    case user, job, rows, bytes, age

    /// Whether one comes before the other; where they are alike, by user and job.
    func places(_ one: TopicListing, before other: TopicListing) -> Bool {
      switch self {
      case .user: break
      case .job:
        let (first, second) = (Self.key(one.job), Self.key(other.job))
        if first != second { return first < second }
      case .rows:
        let (first, second) = (one.content.rows?.value ?? -1, other.content.rows?.value ?? -1)
        if first != second { return first > second }
      case .bytes:
        let (first, second) = (one.content.bytes?.value ?? -1, other.content.bytes?.value ?? -1)
        if first != second { return first > second }
      case .age:
        let (first, second) = (one.content.lastRow ?? .min, other.content.lastRow ?? .min)
        if first != second { return first > second }
      }
      return (Self.key(one.user), Self.key(one.job), one.topic) < (
        Self.key(other.user), Self.key(other.job), other.topic
      )
    }

    /// Numbers by value, before names; what has none comes first.
    private static func key(_ name: Name?) -> NameOrder {
      guard let name else { return NameOrder(rank: 0, number: 0, text: "") }
      if let number = UInt64(name.text) { return NameOrder(rank: 1, number: number, text: name.text) }
      return NameOrder(rank: 2, number: 0, text: name.text)
    }
  }

  private struct NameOrder: Comparable {
    var rank: Int
    var number: UInt64
    var text: String

    static func < (one: Self, other: Self) -> Bool {
      (one.rank, one.number, one.text) < (other.rank, other.number, other.text)
    }
  }
}
