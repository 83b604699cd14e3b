internal import Kafka
public import Logging
internal import Naming
package import Runtime
public import Topics

/// Maintains the job index of a router: takes the counts of the routing thread, publishes this router's shares and reads those of
/// the others. It has a thread and clients of its own, so that it never delays a row.
///
/// Trouble with the index's topic is logged and retried; routing goes on, and so does what this router knows itself.
public final class JobIndexService {
  private let settings: JobIndexSettings
  private let feed: JobFeed
  private let index: JobIndex
  private let creator: any TopicCreating
  private let log: Log
  private let stop: StopSignal
  private let observer: QuietObserver
  private var tally: CounterMerger
  private var follower: JobIndexFollower?
  private var publisher: JobPublisher?
  /// Waiting for the topic: when it is retried, by the monotonic clock.
  private var nextAttempt: Int64 = 0
  private let messages: SlurmMessages
  private var ownerRows: OwnerRowIntake
  private var owners = OwnersPublication()
  private var last = LastTimes()
  private let began = MonotonicClock.milliseconds()
  /// Whether the service has read what earlier runs and other routers know, or no longer waits for it.
  private var isReady = false
  /// This router, as it handed over last.
  private var router: RouterClocks.Router?
  private var throttle = LogThrottle(milliseconds: 600_000)
  /// Whether the index's topic was found to be gone, and has not been read since.
  private var isTopicGone = false

  /// When what is done now and then was done last, by the monotonic clock.
  private struct LastTimes {
    var handover: Int64 = 0
    var point: Int64 = 0
    var advance: Int64 = 0
    var hidden: Int64 = 0
    var forgetting: Int64 = 0
  }

  private static let stepMilliseconds: Int64 = 100
  /// The pause while offsets wait for claims, in milliseconds.
  private static let claimMilliseconds: Int64 = 10
  static let retryMilliseconds: Int64 = 5000
  private static let forgettingMilliseconds: Int64 = 5000
  private static let hiddenMilliseconds: Int64 = 1000
  /// The number of jobs in one go, because readers wait in the meantime.
  private static let portion = 500
  /// How long the service waits for the topic of the job index. After that, the index starts with what this router sees itself.
  static let patienceMilliseconds: Int64 = 15000

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

    /// Publishes the last counts of the router, and waits for that at most this long.
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
    messages = SlurmMessages(settings, log: log, observer: observer)
    ownerRows = OwnerRowIntake(settings.userNumbers)
  }

  private func run() {
    while !stop.isRequested {
      let began = MonotonicClock.milliseconds()
      step(began)
      let step = ownerRows.receipts.isOpen ? Self.claimMilliseconds : Self.stepMilliseconds
      let pause = step - (MonotonicClock.milliseconds() - began)
      if pause > 0 { Thread.sleep(milliseconds: Int(pause)) }
    }
    // What the routing thread handed over at its end.
    takeOwnerRows(MonotonicClock.milliseconds())
    takeHandovers(MonotonicClock.milliseconds())
    index.advance()
    // Without what an earlier run published, shares of this one would take its place.
    publisher?.leave(index, router, &ownerRows.receipts, withShares: follower?.isComplete == true)
  }

  private func step(_ now: Int64) {
    connectIfDue(now)
    follow()
    // First what was known before: otherwise a job that continues would be announced as started, and Slurm's message of its end
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
    // Rows wait for no more than what the router has counted itself.
    let isAwaited = !owners.isKnown && hasReadKnown
    guard stop.isRequested || isAwaited || now - last.handover >= JobPace.handover(jobs: index.unendedCount) else {
      return
    }
    let handovers = feed.take()
    guard !handovers.isEmpty else { return }
    if hasReadKnown { owners.noteHandover() }
    last.handover = now
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
      // The time is unknown now, but its last value is worth keeping.
      (router.time, router.isBehind, router.written) = (before.time, before.isBehind, before.written)
    }
    self.router = router
    index.editRouters { $0.hear(router, now: now) }
  }

  private func takeSlurmRows(_ rows: [JobFeed.SlurmPayload]) {
    guard !rows.isEmpty else { return }
    let read = rows.compactMap { row in row.bytes.withUnsafeBytes { row.reader.read($0) }.map { ($0, row.node) } }
    index.edit { ledger in
      for (row, node) in read { ledger.add(row, from: node) }
    }
  }

  private func readMessages(_ now: Int64) {
    let accounts = messages.read(now) { topic, error in
      report(error, doing: "reading Slurm's messages about jobs (jobs.events)", right: "READ", of: topic)
    }
    for start in stride(from: 0, to: accounts.count, by: Self.portion) {
      index.edit { ledger in
        for account in accounts[start..<min(start + Self.portion, accounts.count)] { ledger.add(account) }
      }
    }
  }

  private func takePointsIfDue(_ now: Int64) {
    guard now - last.point >= JobSeries.interval else { return }
    last.point = now
    let time = router?.time
    let wallClock = WallClock.milliseconds()
    index.edit { ledger in
      ledger.takeRates(time: time)
      ledger.takePoints(time: wallClock)
    }
  }

  private func advanceIfDue(_ now: Int64) {
    guard now - last.advance >= JobPace.advance(jobs: index.unendedCount) else { return }
    last.advance = now
    index.advance()
  }

  private func publish(_ now: Int64) {
    guard let publisher else { return }
    // What an earlier run published has to be known before it is replaced.
    guard follower?.isComplete == true else { return }
    publisher.publish(index, router, &ownerRows.receipts, now: now)
    // The offsets of their rows may be committed.
    feed.noteStored(ownerRows: ownerRows.receipts.stored)
    if let loss = publisher.loss {
      self.publisher = nil
      reportLoss(loss, doing: "publishing the job index", right: "WRITE")
    }
  }

  /// Shows jobs of which only Slurm's messages tell, once the rows' time has come so far.
  private func lookAtHiddenIfDue(_ now: Int64) {
    guard now - last.hidden >= Self.hiddenMilliseconds else { return }
    last.hidden = now
    index.edit { $0.lookAtHidden() }
  }

  /// Takes jobs that ended long ago out of the index and its topic, the shares of routers that are gone included.
  private func forgetIfDue(_ now: Int64) {
    guard now - last.forgetting >= Self.forgettingMilliseconds, let publisher, follower?.isComplete == true else {
      return
    }
    last.forgetting = now
    for key in index.edit({ $0.forgetExpired() }) { publisher.publishTombstone(key) }
    if ownerRows.receipts.isOpen { index.edit { ledger in ownerRows.receipts.forget { ledger[$0] == nil } } }
    index.editRouters { routers in
      for instance in routers.gone(since: now - settings.rules.keepEnded) where instance != index.instance {
        routers.forget(instance)
        publisher.publishTombstone(RouterClocks.Router.messageKey(instance: instance))
      }
    }
  }

  // MARK: - Owners

  private func takeOwnerRows(_ now: Int64) {
    ownerRows.take(feed.takeOwnerRows(), into: index, now: now) { user, row, trouble in
      let source = settings.userNumbers.description
      logOnce(
        "user number \(source)",
        "\(source) has no user with the number of a job's owner; the rows of such jobs have no owner (identity.user-ids)",
        [.user: String(user), .job: String(row.job), .error: trouble ?? "none"])
    }
  }

  /// Gives the routing thread the table of owners, if it asked for it.
  private func publishOwnersIfDue(_ now: Int64) {
    if hasReadKnown, owners.noteRead() { feed.trouble = nil }
    guard feed.wantsOwners, owners.isDue(now: now) else { return }
    while index.edit({ ledger in
      ledger.settleClaims(limit: Self.portion)
      return ledger.hasNewClaims
    }) {}
    var table = index.edit { $0.ownership.table }
    table.rowsBehind = index.readRouters { $0.ownersBehind() }
    guard
      owners.publishes(
        table.edition, isFirst: feed.version == 0, asksByNode: settings.rules.owners.asksByNode,
        isBehind: table.rowsBehind != nil, now: now)
    else { return }
    table.messagesRead = messages.readUpTo
    table.taken = WallClock.milliseconds()
    feed.publish(table)
  }

  /// Whether the index's topic and Slurm's messages have been read up to where they ended.
  private var hasReadKnown: Bool { index.isComplete && messages.isComplete }

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
      ownerRows.receipts.loseMessages()
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
  private func report(_ error: KafkaError, doing what: String, right: String, of topic: String? = nil) {
    if !owners.isKnown { feed.trouble = "\(what) failed: \(error)" }
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
  private func logOnce(_ key: String, _ message: String, _ values: KeyValuePairs<LogKey, String>) {
    guard throttle.isDue(key, now: MonotonicClock.milliseconds()) else { return }
    log.warning(message, values)
  }
}
