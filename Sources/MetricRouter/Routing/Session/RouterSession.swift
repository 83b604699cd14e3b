internal import Decomp
internal import Jobs
internal import Kafka
internal import Logging
internal import Naming
internal import Runtime

/// One life of the router's consumer and producers: from joining the group to leaving it, or to a fatal error after which all clients
/// are recreated.
///
/// One thread owns the session and does all the work: it consumes, decides, produces, takes delivery reports and commits. The decisions
/// are values, each with its own model test (`Phase`, `Assignment`, `Delivery`, `DeliveryTracker`, `Routes`, `TopicPreparation`,
/// `UnroutedRows`, `ParkedRows`); the session is the I/O around them.
///
/// This order keeps the promise that no row is lost: the session expects the delivery reports of a row before it produces the copies;
/// a failed copy counts as answered only after the dead letter that replaces it is expected; and the session commits offsets only of
/// batches without open reports.
///
/// The session has more than twenty properties, because all parts meet here and nowhere else. Nine are given, are clients, or speak for
/// the session on other threads. Each of the others is a value that knows nothing about the rest, so a type around some of them would
/// only pass calls on.
final class RouterSession {
  /// How many rows a batch has at most, before the loop turns to delivery reports and commits.
  static let batchLimit = 1000
  static let commitMilliseconds: Int32 = 1000
  static let leaveMilliseconds = 1500
  /// How far ahead of the clock the timestamp of a copy may be: brokers reject more than an hour.
  static let aheadMilliseconds: Int64 = 50 * 60 * 1000

  let settings: RouterSettings
  let log: Log
  let status: RouterStatus
  let stop: StopSignal
  let consumer: Consumer
  let producers: OutputProducers
  let maker: TopicCreationQueue
  /// The questions about where partitions start, and whether the offsets of the group still exist.
  var lookups: OffsetLookups
  /// The handover of counts to the thread of the job index; `nil` without an index.
  let feed: JobFeed?

  /// What the session may still do. Any method may change it; only the loop acts on it.
  var phase = Phase()
  /// The partitions that the group has assigned to the router.
  var assignment = Assignment()
  /// Rows that have left the consumer and are not routed yet.
  var unrouted = UnroutedRows<HeldMessage>()
  /// The rows that have arrived, and the offsets that may be committed.
  var tracker = DeliveryTracker()
  /// The delivery guarantee: when rows count, and what a failure means.
  var delivery: Delivery
  /// The routes of rows.
  var routes = Routes()
  /// The output topics.
  var topics: TopicPreparation
  /// Rows and copies that wait for a topic or a decision.
  var parked: ParkedRows
  /// The counts for the job index.
  var jobs: JobCounts
  /// The batches that wait until the job index has stored the owners that their rows name.
  var claimDebts: ClaimDebts
  var pace = LoopPace(now: MonotonicClock.milliseconds())
  /// What is remarkable about the last row that got no route.
  var remark = RowRemark()
  /// The rows that brokers rejected in a transaction that is replayed.
  var refusedRows: RefusedRows
  var totals: RouterTotals
  /// The throttle of log lines: a repeated error is logged once a minute.
  var throttle = LogThrottle(milliseconds: 60000)

  /// - Parameters:
  ///   - maker: has already created the router's own topics; answers to requests of an earlier session may still arrive.
  ///   - totals: the totals of earlier sessions.
  ///   - refusedRows: the rejected rows that earlier sessions know.
  init(
    settings: RouterSettings, maker: TopicCreationQueue, ownTopics: OutputProducers.OwnTopics, totals: RouterTotals,
    refusedRows: RefusedRows, status: RouterStatus, feed: JobFeed? = nil, stop: StopSignal, log: Log
  ) throws(KafkaError) {
    self.settings = settings
    self.refusedRows = refusedRows
    delivery = Delivery(
      settings.delivery, ageLimit: Self.ageLimitMilliseconds(settings), now: MonotonicClock.milliseconds())
    parked = ParkedRows(whenFull: delivery.whenParkedRowsAreFull)
    self.maker = maker
    self.totals = totals
    self.status = status
    self.feed = feed
    jobs = JobCounts(valueCount: settings.jobColumns.count, countsWhenCommitted: delivery.countsWhenCommitted)
    claimDebts = ClaimDebts(rows: feed?.ownerRowCount ?? 0)
    self.stop = stop
    self.log = log
    let observer = KafkaLog(log, loginAdvice: LoginAdvice.advice(for: settings.administration))
    var properties = settings.consumer
    // A position that does not exist can have several causes; librdkafka would silently continue elsewhere.
    properties["auto.offset.reset"] = "error"
    consumer = try Consumer(properties: properties, observer: observer)
    consumer.beginsByItself = true
    lookups = OffsetLookups(settings.consumer)
    let pool = ProducerPool(
      delivery.producers(configured: settings.producers), partitionsLimit: settings.partitionsPerProducer,
      linger: settings.linger)
    producers = try OutputProducers(
      settings.producer, lingerMilliseconds: pool.lingerMilliseconds(of: 0), observer: observer, ownTopics: ownTopics)
    let limits = TopicAdmission.Limits(
      perMinute: settings.newTopics.perMinute, perUser: settings.newTopics.perUser, users: settings.newTopics.users,
      jobs: settings.jobTopics.limit)
    topics = TopicPreparation(
      limits, names: settings.plan.names, rotation: settings.rotation, pool: pool, now: MonotonicClock.milliseconds())
    consumer.delegate = self
    perform(topics.surveyIfStale(now: MonotonicClock.milliseconds()))
  }

  /// How rows are read and routed.
  var plan: RoutingPlan { settings.plan }

  /// Routes rows until the session is asked to stop or cannot continue.
  func run() -> Phase.End {
    // Before the first row: an open transaction of a predecessor hides the offsets to start from.
    guard prepareProducers() else { return phase.end ?? .stopped }
    do {
      try consumer.subscribe(to: settings.subscription)
    } catch {
      return .failed(.group(settings.group, error))
    }
    while true {
      switch phase.step(isStopRequested: stop.isRequested) {
      case .route: routeOnce()
      case .replay(let reason): replay(reason)
      case .leave: return finish()
      }
    }
  }

  /// Serves every part once, and consumes a batch of rows.
  private func routeOnce() {
    lookAtBacklogIfDue()
    serveProducers(timeoutMilliseconds: 0)
    serveTopicMaker()
    serveLookups()
    takeFinished()
    commitIfDue()
    sweepIfDue()
    rotateIfDue()
    publishIfWanted()
    putJobsIfWanted()
    putOwnerRows()
    releaseHeldBackIfDue()
    rejoinIfAsked()
    if mustPause {
      pause()
      keepMembership()
      serveProducers(timeoutMilliseconds: 20)
    } else if producers.isFull(meanBytes: meanBytes) {
      serveProducers(timeoutMilliseconds: 20)
      keepMembershipIfDue()
    } else {
      resume()
      consumeBatch()
    }
  }

  /// Ends the session: drains unless the session has failed, and leaves the group.
  private func finish() -> Phase.End {
    if !phase.isEnded {
      phase.stop(now: MonotonicClock.milliseconds())
      finishRows()
      if !tracker.isCommitted || tracker.unfinishedBatches > 0 {
        log.warning(
          "stopped before all rows were acknowledged; they will be consumed again",
          [.count: String(totals.underWay)])
      }
    }
    phase.end(.stopped)
    unrouted.forgetHeldBack()
    if !consumer.leave(timeoutMilliseconds: Self.leaveMilliseconds) {
      log.warning(
        "could not leave the group in time; its partitions wait for session.timeout.ms", [.group: settings.group])
    }
    // A consumer that could not leave does not report that its partitions are revoked.
    assignment.leave()
    publish(withJobs: true)
    putJobs()
    return phase.end ?? .stopped
  }

  /// Finishes and commits all consumed rows, as far as the deadline allows.
  func finishRows() {
    switch delivery.finishing {
    case .drain:
      drain()
      commitAndWait()
    case .settle:
      settleTransaction(deadline: phase.deadline ?? .max)
      if !delivery.isOpen, !phase.isInterrupted { commitAndWait() }
    }
  }

  /// Whether the session may consume nothing, because too many rows wait for their topics or for the job index.
  private var mustPause: Bool {
    let now = MonotonicClock.milliseconds()
    // While brokers are down, all rows wait: only time in which topics are being created counts.
    // Rows of existing topics wait only for a moment, so they are not given up, whatever else waits.
    let isMaking = topics.isProgressing(now: now) && !topics.isOpeningExisting
    return hasTooManyOwnerRows || waitsForClaims || parked.mustPause(now: now, isMaking: isMaking)
  }

  /// The mean size of a row in bytes.
  private var meanBytes: Int { Int(totals.consumedBytes / max(totals.consumed, 1)) }

  /// Waits until all consumed rows have arrived, or the deadline has passed.
  func drain() {
    let latest = MonotonicClock.milliseconds() + Phase.drainMilliseconds
    if !phase.isWaitingForRoom { processStashed() }
    repeat {
      status.beat()
      if stop.isRequested { phase.stop(now: MonotonicClock.milliseconds()) }
      takeAnswers { producers.flush($0) }
      // While only the job index is waited for, no producer has anything to report.
      serveProducers(timeoutMilliseconds: claimDebts.isEmpty ? 0 : 2)
      putOwnerRows()
      serveTopicMaker()
      takeFinished()
      // A transaction may take longer than the group waits for its member.
      if delivery.isOpen {
        keepMembershipIfDue()
        askForTopicsIfStalled()
      }
    } while !phase.isInterrupted && !isDrained && !isStopWaitingForTopics
      && MonotonicClock.milliseconds() < phase.deadline ?? latest
  }

  /// The moment by which a router that was told to stop has to finish its rows; `nil` before that.
  var stopDeadline: Int64? {
    guard stop.isRequested else { return nil }
    phase.stop(now: MonotonicClock.milliseconds())
    return phase.stopDeadline
  }

  /// Whether a router that was told to stop need not wait any longer: the rows that are left wait for new topics, and will be
  /// consumed again.
  private var isStopWaitingForTopics: Bool {
    parked.count > 0 && phase.isOutOfPatience(now: MonotonicClock.milliseconds())
      && producers.unansweredCount == 0
  }

  /// Whether all rows are finished. The batch of a row that waits for queue space cannot finish; then it is enough that the producers
  /// have no open reports.
  private var isDrained: Bool {
    tracker.unfinishedBatches == 0 || (phase.isWaitingForRoom && producers.unansweredCount == 0)
  }

  private func consumeBatch() {
    openBatch()
    pace.batchTime = WallClock.milliseconds()
    jobs.now = MonotonicClock.milliseconds()
    processStashedRows()
    var timeout = pace.firstRowMilliseconds
    var count = 0
    while count < Self.batchLimit, phase.mayConsume, parked.hasRoom {
      do {
        guard let message = try consumer.poll(timeoutMilliseconds: timeout) else { break }
        timeout = 0
        count += 1
        if !assignment.refused.isEmpty { heardFrom(message) }
        if !route(message) { holdBack(HeldMessage(message).entry) }
      } catch {
        count += 1
        consumerFailed(error)
      }
    }
    pace.endBatch(rows: count, now: MonotonicClock.milliseconds())
    closeBatch()
  }

  /// Routes the stashed rows.
  func processStashed() {
    guard !unrouted.hasNoStashed else { return }
    openBatch()
    processStashedRows()
    closeBatch()
  }

  private func processStashedRows() {
    defer { noteEnds() }
    guard !unrouted.hasNoStashed else { return }
    let entries = unrouted.beginRouting()
    for (index, entry) in entries.enumerated() {
      guard !phase.isInterrupted else {
        unrouted.endRouting(entries[index...])
        return
      }
      if !route(entry.row.message) { holdBack(entry) }
    }
    unrouted.endRouting()
  }

  func openBatch() {
    if !tracker.isBatchOpen { tracker.openBatch(now: MonotonicClock.milliseconds()) }
  }

  func closeBatch() {
    guard tracker.isBatchOpen else { return }
    if delivery.gapToTell != nil { tellGaps() }
    // If that had to wait for queue space, the batch may have ended in the meantime.
    if tracker.isBatchOpen { totals.consumedBytes += UInt64(tracker.closeBatch()) }
  }
}
