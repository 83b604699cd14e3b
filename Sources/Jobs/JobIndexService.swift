package import Kafka
public import Logging
internal import Naming
package import Runtime
public import Topics

/// Keeps the index of jobs of a router: takes what the routing thread counted, publishes this router's share of it and
/// reads the others'. On a thread of its own with clients of its own, so that it never holds up a row.
///
/// Trouble with the index's topic is logged and retried; routing goes on, and so does what this router knows itself.
public final class JobIndexService {
  package let settings: JobIndexSettings
  package let feed: JobFeed
  package let index: JobIndex
  package let creator: any TopicCreating
  package let log: Log
  package let stop: StopSignal
  package let observer: QuietObserver
  package var tally: CounterMerger
  package var follower: JobIndexFollower?
  package var publisher: JobPublisher?
  /// Waiting for the topic: when it is retried, by the monotonic clock.
  private var nextAttempt: Int64 = 0
  private var lastHandover: Int64 = 0
  private var lastPoint: Int64 = 0
  package var lastOwners: Int64 = 0
  /// What was published of owners.
  package var publishedEdition: UInt64 = 0
  package var lastReadings: Int64 = 0
  package var lastNews: Int64 = 0
  /// Finds users by their numbers.
  package var userNumbers: UserNumbers
  /// Rows of authorities whose user's name is not known yet, and when it is looked up again, by the monotonic clock.
  package var unnamedRows: [(row: OwnerRow, number: UInt64)] = []
  /// Which claims of such rows are stored.
  package var receipts = ClaimReceipts()
  package var nextNames: Int64 = .min
  /// Whether all has been read that was known of jobs when the router started.
  package var knowsOwners = false
  /// What the router has counted itself was handed over so often since then.
  package var handoversSinceReading = 0
  private var lastForgetting: Int64 = 0
  private var lastHidden: Int64 = 0
  private var lastAdvance: Int64 = 0
  private let began = MonotonicClock.milliseconds()
  /// Whether what earlier runs and other routers know was read, or is not waited for any more.
  private var isReady = false
  /// This router, as it handed over last.
  private var router: RouterClocks.Router?
  private var throttle = LogThrottle(milliseconds: 600_000)
  /// Whether the index's topic was found to be gone, and has not been read since.
  private var isTopicGone = false
  /// The readers of Slurm's messages, by topic; each with a client of its own, so that a topic that is not there yet holds up
  /// no other.
  package var messages: [String: SlurmMessageReader] = [:]
  /// Topics of messages that were taken for others than before.
  package var renewedMessages: Set<String> = []
  /// Topics that were not there when they were last asked for.
  package var missingMessages: Set<String> = []
  /// What was read of them and not taken in yet.
  package var gatheredMessages = SlurmAccounts()
  /// Since when the topics are read for the first time, or again, by the monotonic clock.
  package var messagesBegan: Int64 = 0
  /// When each topic is retried, by the monotonic clock.
  package var nextMessageAttempt: [String: Int64] = [:]

  package static let stepMilliseconds: Int64 = 100
  private static let claimMilliseconds: Int64 = 10
  package static let retryMilliseconds: Int64 = 5000
  private static let forgettingMilliseconds: Int64 = 5000
  private static let hiddenMilliseconds: Int64 = 1000
  /// So long the index's topic is waited for; then the index begins with what this router sees itself.
  package static let patienceMilliseconds: Int64 = 15000

  /// Starts the thread. It ends when the router has been told to stop and `finish` is called.
  ///
  /// - Parameter creator: makes the index's topic; used by this thread alone.
  public static func start(
    _ settings: JobIndexSettings, feed: JobFeed, index: JobIndex, creator: any TopicCreating, log: Log
  ) -> Handle {
    let isDone = StopSignal()
    let hasEnded = StopSignal()
    Thread.start {
      JobIndexService(settings, feed, index, creator, log, isDone).run()
      hasEnded.request()
    }
    return Handle(isDone: isDone, hasEnded: hasEnded)
  }

  /// Ends the service.
  public struct Handle: Sendable {
    package let isDone: StopSignal
    package let hasEnded: StopSignal

    /// Has the thread publish what the router did last, and waits for it at most so long.
    public func finish(milliseconds: Int64) {
      isDone.request()
      let deadline = MonotonicClock.milliseconds() + milliseconds
      while !hasEnded.isRequested, MonotonicClock.milliseconds() < deadline { Thread.sleep(milliseconds: 10) }
    }
  }

  private init(
    _ settings: JobIndexSettings, _ feed: JobFeed, _ index: JobIndex, _ creator: any TopicCreating, _ log: Log,
    _ stop: StopSignal
  ) {
    self.settings = settings
    self.feed = feed
    self.index = index
    self.creator = creator
    self.log = log
    self.stop = stop
    observer = QuietObserver(log, purpose: "the job index")
    tally = CounterMerger(columns: settings.columns)
    userNumbers = UserNumbers(settings.userNumbers)
  }

  private func run() {
    while !stop.isRequested {
      let began = MonotonicClock.milliseconds()
      step(began)
      // Offsets wait for claims.
      let step = receipts.isOpen ? Self.claimMilliseconds : Self.stepMilliseconds
      let pause = step - (MonotonicClock.milliseconds() - began)
      if pause > 0 { Thread.sleep(milliseconds: Int(pause)) }
    }
    // What the routing thread handed over at its end.
    takeOwnerRows(MonotonicClock.milliseconds())
    takeHandovers(MonotonicClock.milliseconds())
    index.advance()
    // Without what an earlier run published, shares of this one would take its place.
    publisher?.leave(index, router, &receipts, withShares: follower?.isComplete == true)
  }

  private func step(_ now: Int64) {
    connectIfDue(now)
    follow()
    // First what was known before: otherwise a job that goes on would be told to begin, and Slurm's message of its end
    // find no job.
    isReady = isReady || follower?.isComplete == true || now - began > Self.patienceMilliseconds
    guard isReady else { return }
    takeOwnerRows(now)
    takeHandovers(now)
    readMessages(now)
    takePointsIfDue(now)
    advanceIfDue(now)
    publish(now)
    publishOwnersIfDue(now)
    lookAtHiddenIfDue(now)
    forgetIfDue(now)
  }

  private func takeHandovers(_ now: Int64) {
    guard stop.isRequested || isAboutToKnowOwners || now - lastHandover >= JobPace.handover(jobs: index.count) else {
      return
    }
    let handovers = feed.take()
    guard !handovers.isEmpty else { return }
    if hasReadKnown { handoversSinceReading += 1 }
    lastHandover = now
    for handover in handovers {
      tally.add(handover, to: index)
      takeSlurmRows(handover.slurmRows)
    }
    guard let last = handovers.last else { return }
    var router = RouterClocks.Router(
      instance: index.instance, time: last.time, isBehind: last.isBehind, partitions: last.partitions,
      assigned: last.assigned, written: WallClock.milliseconds(),
      // Who is started again before it knows the time must not forget it.
      difference: self.router?.latestDifference ?? feed.lastDifference, ownersBehind: last.ownersBehind,
      rows: last.rows)
    if last.partitions.isEmpty, let before = self.router {
      // It knows no time any more, but what it was is worth keeping.
      (router.time, router.isBehind, router.written) = (before.time, before.isBehind, before.written)
    }
    self.router = router
    index.editRouters { $0.hear(router, now: now) }
  }

  private func takePointsIfDue(_ now: Int64) {
    guard now - lastPoint >= JobSeries.interval else { return }
    lastPoint = now
    let time = router?.time
    let wallClock = WallClock.milliseconds()
    index.edit { ledger in
      ledger.takeRates(time: time)
      ledger.takePoints(time: wallClock)
    }
  }

  private func advanceIfDue(_ now: Int64) {
    guard now - lastAdvance >= JobPace.advance(jobs: index.count) else { return }
    lastAdvance = now
    index.advance()
  }

  private func publish(_ now: Int64) {
    guard let publisher else { return }
    // What an earlier run published has to be known before it is replaced.
    guard follower?.isComplete == true else { return }
    publisher.publish(index, router, &receipts, now: now)
    noteStoredClaims()
    if let loss = publisher.loss {
      self.publisher = nil
      reportLoss(loss, doing: "publishing the job index", right: "WRITE")
    }
  }

  /// Shows jobs of which only Slurm's messages tell, once the rows' time has come so far.
  private func lookAtHiddenIfDue(_ now: Int64) {
    guard now - lastHidden >= Self.hiddenMilliseconds else { return }
    lastHidden = now
    index.edit { $0.lookAtHidden() }
  }

  /// Takes jobs that ended long ago out of the index and its topic, the shares of routers that are gone included.
  private func forgetIfDue(_ now: Int64) {
    guard now - lastForgetting >= Self.forgettingMilliseconds, let publisher, follower?.isComplete == true else {
      return
    }
    lastForgetting = now
    for key in index.edit({ $0.forgetExpired() }) { publisher.publishTombstone(key) }
    if receipts.isOpen { index.edit { ledger in receipts.forget { ledger[$0] == nil } } }
    index.editRouters { routers in
      for instance in routers.gone(since: now - settings.rules.keepEnded) where instance != index.instance {
        routers.forget(instance)
        publisher.publishTombstone(RouterClocks.Router.messageKey(instance: instance))
      }
    }
  }

  // MARK: - The topic

  private func connectIfDue(_ now: Int64) {
    guard follower == nil || publisher == nil, now >= nextAttempt else { return }
    nextAttempt = now + Self.retryMilliseconds
    let name = settings.names.jobIndex
    let answer = creator.ensure([settings.topic.topic(named: name)])[name]
    do {
      guard let partitions = try answer?.get() else { return }
      follower = try JobIndexFollower(
        properties: settings.consumer, topic: name, partitionCount: partitions, index: index,
        instance: index.instance, log: log, observer: observer)
      publisher = try JobPublisher(settings, log: log, observer: observer)
      receipts.loseMessages()
      // Not the first time: the topic was away, and what was in it may be.
      if index.isComplete { index.edit { $0.publishAll() } }
    } catch {
      (follower, publisher) = (nil, nil)
      report(error, doing: "creating the topic of the job index", right: "CREATE, DESCRIBE, READ and WRITE")
    }
  }

  private func follow() {
    guard let follower else { return }
    do {
      try follower.follow(milliseconds: 0)
      if follower.isComplete, feed.lastDifference == nil {
        index.editRouters { feed.lastDifference = $0.lastDifference() }
      }
      if isTopicGone, follower.isComplete, publisher != nil {
        isTopicGone = false
        log.info("the job index topic is back; publishing all jobs again", [.topic: settings.names.jobIndex])
      }
    } catch {
      reportLoss(error, doing: "reading the job index", right: "READ")
      if error.remedy == .giveUp || error.remedy == .fatal { self.follower = nil }
    }
  }

  /// Logs why the index's topic cannot be used. That it is gone is said each time that it happens, and not for each client
  /// that notices.
  private func reportLoss(_ error: KafkaError, doing what: String, right: String) {
    guard error.code.saysTopicIsMissing else { return report(error, doing: what, right: right) }
    guard !isTopicGone else { return }
    isTopicGone = true
    log.warning(
      "the job index topic was deleted; creating it again",
      [.topic: settings.names.jobIndex, .error: error.description])
  }

  /// Logs what went wrong, with the remedy, once in a while.
  ///
  /// - Parameter topic: what the permission is about; the job index's topic where nothing is said.
  package func report(_ error: KafkaError, doing what: String, right: String, of topic: String? = nil) {
    if !knowsOwners { feed.trouble = "\(what) failed: \(error)" }
    let now = MonotonicClock.milliseconds()
    guard throttle.isDue("\(what) \(error.code.name) \(topic ?? "")", now: now) else { return }
    switch error.code {
    case .topicAuthorizationFailed, .clusterAuthorizationFailed, .groupAuthorizationFailed:
      log.warning(
        "\(what): a permission is missing. The router needs \(right) on topic \(topic ?? settings.names.jobIndex); "
          + "'router acl --router' prints all permissions that it needs",
        [.error: error.description])
    default:
      log.warning("\(what) failed; retrying", [.error: error.description])
    }
  }

  /// Logs a warning once in a while.
  package func logOnce(_ key: String, _ message: String, _ values: KeyValuePairs<LogKey, String>) {
    guard throttle.isDue(key, now: MonotonicClock.milliseconds()) else { return }
    log.warning(message, values)
  }
}
