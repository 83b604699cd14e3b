extension TopicPlan {
  /// Topics of one kind that differ in the same way.
  public struct Group: Sendable, Equatable {
    /// Their kind.
    public let kind: TopicKind
    /// How they differ.
    public let action: TopicChange.Action
    /// Their names, in the plan's order.
    public var topics: [String]
    /// Whether `apply` can do it.
    public let isPossible: Bool
    /// What it may cost in rows, empty where nothing.
    public let losses: [String]
  }

  /// The differences with equal ones put together, in the order in which each is first met.
  public var groups: [Group] { Self.groups(changes) }

  /// The groups of some changes.
  public static func groups(_ changes: [TopicChange]) -> [Group] {
    var groups: [Group] = []
    var places: [TopicChange: Int] = [:]
    for change in changes {
      let key = change.withoutName
      if let place = places[key] {
        groups[place].topics.append(change.topic)
      } else {
        places[key] = groups.count
        groups.append(
          Group(
            kind: change.kind, action: change.action, topics: [change.topic], isPossible: change.isPossible,
            losses: change.losses))
      }
    }
    return groups
  }
}

extension TopicChange {
  /// The change without the name of its topic. Other settings of a topic do not distinguish two changes.
  fileprivate var withoutName: TopicChange {
    switch action {
    case .changeSettings(let changes, _): TopicChange("", kind, .changeSettings(changes, own: [:]))
    case .create, .addPartitions, .tooManyPartitions, .otherReplication: TopicChange("", kind, action)
    }
  }
}
