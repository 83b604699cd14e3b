internal import Naming

/// Decides which topics the router creates. A value without I/O: callers pass the time and the existing topics.
///
/// Names come from rows, so anybody who can send rows can invent them. New topics have a budget, in all and for each
/// user; topics that are there are never held up by it.
struct TopicAdmission {
  /// What may be made.
  struct Limits: Sendable, Equatable {
    /// New topics a minute, and at once.
    var perMinute = 10_000
    /// The number of new topics per minute that may belong to one user.
    var perUser = 2000
    /// Users who have topics.
    var users = 10_000
    /// Jobs that have a topic.
    var jobs = 10_000
  }

  /// What is to be done about a topic for which there is a row.
  enum Verdict: Equatable {
    /// Create the topic, or find that it exists.
    case make
    /// Survey the topics first: it may exist.
    case look
    /// The topic may not be created now, for this reason.
    case postpone(String)
  }

  /// How long a survey of the topics is valid, in milliseconds.
  static let freshMilliseconds: Int64 = 10_000
  /// How many users' budgets are kept before those are forgotten that are full again.
  private static let userLimit = 10_000

  let limits: Limits
  private let names: TopicNames
  private var existing: Set<String> = []
  /// The topics of the last survey that have not been requested since: they exist, so the brokers need not be asked for them.
  private var unused: Set<String> = []
  private var looked: Int64?
  /// Topics that were paid for since the last look.
  private var paid: [String: Name] = [:]
  private var total: TokenBucket
  private var byUser: [Name: TokenBucket] = [:]
  /// Users that have a topic, and jobs.
  private(set) var userCount = 0
  private(set) var jobCount = 0

  init(_ limits: Limits, names: TopicNames, now: Int64) {
    self.limits = limits
    self.names = names
    total = TokenBucket(perMinute: limits.perMinute, now: now)
  }

  /// Whether there was a survey of the topics.
  var hasLooked: Bool { looked != nil }

  /// Whether the last survey is fresh enough.
  func isFresh(now: Int64) -> Bool {
    looked.map { now - $0 < Self.freshMilliseconds } ?? false
  }

  /// Whether this topic exists or was requested.
  func knows(_ topic: String) -> Bool { existing.contains(topic) }

  /// Whether the last look has shown this topic. The answer is good once: if the topic is needed again, it may have gone.
  mutating func useLook(at topic: String) -> Bool { unused.remove(topic) != nil }

  /// Whether topics were paid for that were perhaps there already.
  var hasPaid: Bool { !paid.isEmpty }

  /// Whether another job may have a topic, in addition to the jobs that are not decided yet.
  func hasRoom(forJobsBeside undecided: Int) -> Bool { jobCount + undecided < limits.jobs }

  /// A topic is needed that is not known to be ready.
  mutating func decide(_ topic: String, isJob: Bool, user: Name, now: Int64) -> Verdict {
    if existing.contains(topic) { return .make }
    let objection = objection(isJob: isJob, user: user, now: now)
    if let objection { return isFresh(now: now) ? .postpone(objection) : .look }
    insert(topic, isJob: isJob)
    paid[topic] = user
    return .make
  }

  private mutating func objection(isJob: Bool, user: Name, now: Int64) -> String? {
    if !isJob, userCount >= limits.users {
      return "\(userCount) users have topics, and topics.max-users is \(limits.users)"
    }
    if byUser.count >= Self.userLimit { forgetFullBudgets(now: now) }
    var own = byUser[user] ?? TokenBucket(perMinute: limits.perUser, now: now)
    guard own.take(now: now) else {
      byUser[user] = own
      return "user `\(user)` has more than \(limits.perUser) new topics in a minute (topics.new-per-user)"
    }
    guard total.take(now: now) else {
      own.giveBack()
      byUser[user] = own
      return "there are more than \(limits.perMinute) new topics in a minute (topics.new-per-minute)"
    }
    byUser[user] = own
    return nil
  }

  private mutating func forgetFullBudgets(now: Int64) {
    for (user, budget) in byUser {
      var budget = budget
      if budget.isFull(now: now) { byUser[user] = nil }
    }
  }

  private mutating func insert(_ topic: String, isJob: Bool) {
    guard existing.insert(topic).inserted else { return }
    if isJob { jobCount += 1 } else { userCount += 1 }
  }

  /// Removes a topic that was rejected or deleted.
  mutating func remove(_ topic: String, isJob: Bool) {
    unused.remove(topic)
    guard existing.remove(topic) != nil else { return }
    if isJob { jobCount -= 1 } else { userCount -= 1 }
  }

  /// Takes a survey of the existing topics.
  ///
  /// - Parameters:
  ///   - topics: their names; others than users' and jobs' are passed over.
  ///   - asked: topics that were asked for, and may have come into being since.
  mutating func look(_ topics: Set<String>, asked: [(topic: String, isJob: Bool)], now: Int64) {
    looked = now
    existing = []
    (userCount, jobCount) = (0, 0)
    for topic in topics {
      switch names.read(topic) {
      case .user: insert(topic, isJob: false)
      case .job: insert(topic, isJob: true)
      case .jobIndex, .deadLetters, .waiting, nil: continue
      }
    }
    // What was there already cost nothing.
    for (topic, user) in paid where existing.contains(topic) {
      total.giveBack()
      byUser[user]?.giveBack()
    }
    paid = [:]
    unused = existing
    for (topic, isJob) in asked { insert(topic, isJob: isJob) }
  }

  /// Notes that no survey is possible: then the requested topics count.
  mutating func cannotLook(now: Int64) {
    looked = now
    paid = [:]
  }
}
