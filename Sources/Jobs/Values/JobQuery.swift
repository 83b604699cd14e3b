public import Naming

/// A query for jobs, with their order.
public struct JobQuery: Sendable, Equatable {
  /// What jobs are sorted by; jobs that are alike in that by user and id.
  public enum Order: String, Sendable, CaseIterable {
    /// The user, then the id.
    case user
    /// The id.
    case job
    /// `active`, `silent`, `ended`.
    case state
    /// The latest first.
    case started
    /// The most rows a second first.
    case rate
    /// The most rows first.
    case rows
    /// The highest load first.
    case load
    /// The fullest memory first.
    case memory
    /// The most nodes first.
    case nodes
  }

  /// Only jobs of this user.
  public var user: Name?
  /// Only jobs with this id.
  public var job: Name?
  /// Only jobs in one of these states; `nil` for all.
  public var states: Set<JobState>?
  /// Only jobs with rows from this node.
  public var node: Name?
  /// Only jobs whose user, id, name or nodes contain this text, ignoring case.
  public var text: String?
  /// The order.
  public var order: Order
  /// The order turned round.
  public var isReversed: Bool
  /// How many at most.
  public var limit: Int
  /// How many of the first are left out.
  public var offset: Int

  /// All jobs, by user.
  public init(
    user: Name? = nil, job: Name? = nil, states: Set<JobState>? = nil, node: Name? = nil, text: String? = nil,
    order: Order = .user, isReversed: Bool = false, limit: Int = .max, offset: Int = 0
  ) {
    self.user = user
    self.job = job
    self.states = states
    self.node = node
    self.text = text
    self.order = order
    self.isReversed = isReversed
    self.limit = limit
    self.offset = offset
  }
}
