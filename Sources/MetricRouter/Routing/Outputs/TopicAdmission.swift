internal import Naming

/// Decides which topics the router has made: a value without I/O, that is told the time and which topics are there.
///
/// Names come from rows, so anybody who can send rows can invent them. New topics have a budget, in all and for each
/// user; topics that are there are never held up by it.
struct TopicAdmission {
  /// What may be made.
  struct Limits: Sendable, Equatable {
    /// New topics a minute, and at once.
    var perMinute = 10_000
    /// The same of one user.
    var perUser = 2000
    /// Users who have topics.
    var users = 10_000
    /// Jobs that have a topic.
    var jobs = 10_000
  }

  /// What is to be done about a topic for which there is a row.
  enum Verdict: Equatable {
    /// Have it made, or find that it is there.
    case make
    /// Look first which topics are there: it may be one of them.
    case look
    /// Not now, and why, in words.
    case postpone(String)
  }

  /// How long it counts which topics are there.
  static let freshMilliseconds: Int64 = 10_000
  /// How many users' budgets are kept before those are forgotten that are full again.
  private static let userLimit = 10_000

  let limits: Limits
  private let names: TopicNames
  private var existing: Set<String> = []
  /// Of those that the last look has shown, the ones that nobody has asked for since: they need not be asked for at the brokers.
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

  /// Whether it was looked which topics are there, if that can be.
  var hasLooked: Bool { looked != nil }

  /// Whether it is known well enough which topics are there.
  func isFresh(now: Int64) -> Bool {
    looked.map { now - $0 < Self.freshMilliseconds } ?? false
  }

  /// Whether this topic is there, or was asked for.
  func knows(_ topic: String) -> Bool { existing.contains(topic) }

  /// Whether the last look has shown this topic. The answer is good once: if the topic is needed again, it may have gone.
  mutating func useLook(at topic: String) -> Bool { unused.remove(topic) != nil }

  /// Whether topics were paid for that were perhaps there already.
  var hasPaid: Bool { !paid.isEmpty }

  /// Whether another job may have a topic, beside so many for which that is not decided yet.
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

  /// A topic was refused, or has gone.
  mutating func remove(_ topic: String, isJob: Bool) {
    unused.remove(topic)
    guard existing.remove(topic) != nil else { return }
    if isJob { jobCount -= 1 } else { userCount -= 1 }
  }

  /// It was looked which topics are there.
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

  /// There is nobody to ask which topics are there: then those count that were asked for.
  mutating func cannotLook(now: Int64) {
    looked = now
    paid = [:]
  }
}
