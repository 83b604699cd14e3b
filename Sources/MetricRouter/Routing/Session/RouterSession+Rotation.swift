internal import Jobs
internal import Kafka
internal import Logging
internal import Runtime

/// Producers that are replaced: those in which topics have gathered that are not written any more, because a topic never leaves a
/// producer of librdkafka, which looks through all of them; and those that were opened to catch up, when that is over.
extension RouterSession {
  /// Looks now and then at how many rows wait to be consumed.
  func lookAtBacklogIfDue() {
    guard pace.mayLookAtBacklog(now: MonotonicClock.milliseconds()) else { return }
    lookAtBacklog()
  }

  /// Looks at how many rows wait to be consumed.
  func lookAtBacklog() {
    let rows = consumer.lags(of: assignment.read).reduce(0) { $0 + $1.rows }
    topics.looked(
      isCatchingUp: Backlog.isLarge(
        rows: rows, partitions: topics.pool.partitions, leastRows: settings.backlogRows))
  }

  /// Looks now and then at which topics are still in use.
  func sweepIfDue() {
    let now = MonotonicClock.milliseconds()
    guard topics.activity.isSweepDue(now: now) else { return }
    perform(topics.sweep(rows: routes.rows(outputCount: topics.outputs.topics.count), now: now))
  }

  /// Replaces producers when nothing is under way: between two transactions, or after waiting for it as long as a rebalance would.
  func rotateIfDue() {
    guard topics.isRotationDue(now: MonotonicClock.milliseconds()) else { return }
    guard !phase.isInterrupted, !delivery.isOpen else { return }
    switch delivery.finishing {
    case .drain:
      let depth = phase.enter(.rotation(until: MonotonicClock.milliseconds() + Phase.drainMilliseconds))
      finishRows()
      phase.leave(depth)
    case .settle: break
    }
    // Rows that wait for their topics know their routes by number.
    guard !phase.isInterrupted, !stop.isRequested, tracker.unfinishedBatches == 0 else {
      return topics.postponeRotation(now: MonotonicClock.milliseconds())
    }
    rotate()
  }

  /// Every row that was consumed has arrived. Topics that are in use stay known, so that their rows need not wait; their
  /// routes come back with their next rows, and all others are forgotten.
  private func rotate() {
    let began = MonotonicClock.milliseconds()
    let count = topics.outputs.topics.count
    let replaced = topics.producersToReplace(now: began)
    do {
      // The handles that routes hold go with the old ones; who they belong to is still to be handed over.
      try producers.close(replaced, lingerMilliseconds: topics.pool.lingerMilliseconds(of: 0))
    } catch {
      phase.end(.rebuild(error))
      return
    }
    putJobs()
    routes.forgetAll(topics.outputs) { !topics.activity.isIdle($0, now: began) }
    jobs.forgetRoutes()
    parked.forgetOutputs()
    topics.keepInUse(replacing: replaced, now: began)
    if replaced.contains(0) { prepareProducers() }
    log.debug(
      "producers recreated",
      [
        .producers: String(replaced.count), .count: String(count - topics.outputs.topics.count),
        .after: "\(MonotonicClock.milliseconds() - began) ms",
      ])
  }
}
