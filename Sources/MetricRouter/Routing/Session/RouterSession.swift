internal import Decomp
internal import Jobs
internal import Kafka
internal import Logging
internal import Naming
internal import Runtime

/// One life of the router's consumer and producers: from joining the group to leaving it, or to a fatal error after
/// which everything is made anew.
///
/// One thread owns it and does all the work: it consumes, decides, produces, takes answers and commits. The decisions
/// are values, each with its own model test (`Phase`, `Assignment`, `Delivery`, `DeliveryTracker`, `Routes`, `TopicPreparation`,
/// `UnroutedRows`, `ParkedRows`); here is the I/O around them.
///
/// The order of things that keeps the promise "no row lost": a row's answers are expected before its copies are
/// produced; a copy's failure is answered only after the dead letter that replaces it is expected; and offsets are
/// committed only from batches without open answers.
final class RouterSession {
  /// Rows consumed in one go, before acknowledgements and commits are looked at.
  static let batchLimit = 1000
  static let commitMilliseconds: Int32 = 1000
  static let leaveMilliseconds = 1500
  /// Brokers refuse rows that lie more than an hour ahead of their clock; a row's time is held back to this.
  static let aheadMilliseconds: Int64 = 50 * 60 * 1000

  // More than twenty, because all parts meet here and nowhere else: these nine are given, or are clients and what asks for the session
  // on other threads; each of the others is a value that knows nothing of the rest.

  let settings: RouterSettings
  let log: Log
  let status: RouterStatus
  let stop: StopSignal
  let consumer: Consumer
  let producers: OutputProducers
  let maker: TopicCreationQueue
  /// Where partitions begin, and whether the group's offsets are still there.
  var lookups: OffsetLookups
  /// Where the index's thread gets what is counted; `nil` where there is no index.
  let feed: JobFeed?

  /// What may still be done; changed where something is noticed, acted upon in the loop.
  var phase = Phase()
  /// The partitions that are the router's in its group.
  var assignment = Assignment()
  /// Rows that have left the consumer and are not routed yet.
  var unrouted = UnroutedRows<HeldMessage>()
  /// Which rows have arrived.
  var tracker = DeliveryTracker()
  /// How rows come to count.
  var delivery: Delivery
  /// The ways that rows take.
  var routes = Routes()
  /// The topics that rows go to.
  var topics: TopicPreparation
  /// Rows and copies that wait for a topic or a decision.
  var parked: ParkedRows
  /// What the index of jobs learns.
  var jobs: JobCounts
  /// Batches that wait until the index has stored what their rows say of owners.
  var claimDebts: ClaimDebts
  var pace = LoopPace(now: MonotonicClock.milliseconds())
  /// Why the row that was looked at last is a dead letter: beside its route, so that a number is all that a row's way returns.
  var refusal: Refusal?
  /// The job of the row that was looked at last, where nobody is known to own it.
  var postponedJob: UInt64 = 0
  /// What is known of rows that come a second time.
  var refusedRows: RefusedRows
  var totals: RouterTotals
  /// Errors that come again and again are logged once a minute.
  var throttle = LogThrottle(milliseconds: 60000)

  /// - Parameters:
  ///   - maker: already has made the router's own topics; what it was asked for by an earlier session may still come.
  ///   - totals: of the sessions before.
  ///   - refusedRows: what the sessions before learned.
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
    // A position that is not there (any more) means different things; librdkafka would go elsewhere without a word.
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

  /// What is done with rows.
  var plan: RoutingPlan { settings.plan }

  /// Routes rows until it is asked to stop or cannot go on.
  func run() -> Phase.End {
    // Before the first row: what a predecessor left open holds back the offsets to begin from.
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

  /// Serves everybody once, and consumes a batch of rows.
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

  /// Ends the session: drains where that makes sense, and leaves the group.
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
    // A consumer that could not leave does not say that its partitions are gone.
    assignment.leave()
    publish(withJobs: true)
    putJobs()
    return phase.end ?? .stopped
  }

  /// Finishes and commits everything that was consumed, as far as the deadline allows.
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

  /// Whether nothing may be consumed, because too many rows wait for their topics, or for the index.
  private var mustPause: Bool {
    let now = MonotonicClock.milliseconds()
    // Brokers that are away are waited for, with everything: only time in which topics are made counts.
    // Rows of topics that exist wait for a moment, whatever else waits: they are not to be given up.
    let isMaking = topics.isProgressing(now: now) && !topics.isOpeningExisting
    return hasTooManyOwnerRows || waitsForClaims || parked.mustPause(now: now, isMaking: isMaking)
  }

  /// The bytes of a row.
  private var meanBytes: Int { Int(totals.consumedBytes / max(totals.consumed, 1)) }

  /// Waits until everything that was consumed has arrived, or the deadline has passed.
  func drain() {
    let latest = MonotonicClock.milliseconds() + Phase.drainMilliseconds
    if !phase.isWaitingForRoom { processStashed() }
    repeat {
      status.beat()
      if stop.isRequested { phase.stop(now: MonotonicClock.milliseconds()) }
      takeAnswers { producers.flush($0) }
      // Where only the index is waited for, no producer has anything to say.
      serveProducers(timeoutMilliseconds: claimDebts.isEmpty ? 0 : 2)
      putOwnerRows()
      serveTopicMaker()
      takeFinished()
      // A transaction may be waited for longer than the group waits for its member.
      if delivery.isOpen {
        keepMembershipIfDue()
        askForTopicsIfStalled()
      }
    } while !phase.isInterrupted && !isDrained && !isStopWaitingForTopics
      && MonotonicClock.milliseconds() < phase.deadline ?? latest
  }

  /// By when a router that was told to stop has to be done with its rows; `nil` while it was not.
  var stopDeadline: Int64? {
    guard stop.isRequested else { return nil }
    phase.stop(now: MonotonicClock.milliseconds())
    return phase.stopDeadline
  }

  /// Whether only rows of topics that are being made are left, and the router was told to stop: they are consumed again.
  private var isStopWaitingForTopics: Bool {
    parked.count > 0 && phase.isOutOfPatience(now: MonotonicClock.milliseconds())
      && producers.unansweredCount == 0
  }

  /// While a row is in hand that waits for room, its batch cannot be finished: then what the producers have must do.
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

  /// Takes the rows that were set aside.
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
    // Where that had to wait for room, the batch may have ended meanwhile.
    if tracker.isBatchOpen { totals.consumedBytes += UInt64(tracker.closeBatch()) }
  }
}
