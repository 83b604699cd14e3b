internal import Jobs
internal import Kafka
internal import Logging
internal import Runtime

/// Topics that are not written any more: they never leave a producer of librdkafka, which looks through all of them, and
/// their routes lie in memory. When too many have gathered, the producers are made anew.
extension RouterSession {
  /// Looks, once a minute, at which topics are still in use.
  func sweepIfDue() {
    let now = MonotonicClock.milliseconds()
    guard topics.activity.isSweepDue(now: now) else { return }
    perform(topics.sweep(rows: routes.rows(outputCount: topics.outputs.topics.count), now: now))
  }

  /// Makes the producers anew when nothing is under way: between two transactions, or after waiting for it as long as a
  /// rebalance would.
  func rotateIfDue() {
    guard topics.activity.isRotationDue, !phase.isInterrupted, !delivery.isOpen else { return }
    switch delivery.finishing {
    case .drain:
      let depth = phase.enter(.rotation(until: MonotonicClock.milliseconds() + Phase.drainMilliseconds))
      finishRows()
      phase.leave(depth)
    case .settle: break
    }
    // Rows that wait for their topics know their routes by number: then it has to wait for the next look.
    topics.postponeRotation()
    guard !phase.isInterrupted, !stop.isRequested, tracker.unfinishedBatches == 0 else { return }
    rotate()
  }

  /// Every row that was consumed has arrived. Topics that are in use stay known, so that their rows need not wait; their
  /// routes come back with their next rows, and all others are forgotten.
  private func rotate() {
    let began = MonotonicClock.milliseconds()
    let count = topics.outputs.topics.count
    do {
      // The handles that routes hold go with the old ones; who they belong to is still to be handed over.
      try producers.renew()
    } catch {
      phase.end(.rebuild(error))
      return
    }
    putJobs()
    routes.forgetAll(topics.outputs) { !topics.activity.isIdle($0, now: began) }
    jobs.forgetRoutes()
    parked.forgetOutputs()
    topics.keepInUse(now: began)
    prepareProducers()
    log.debug(
      "producers recreated: too many idle topics",
      [
        .count: String(count - topics.outputs.topics.count),
        .after: "\(MonotonicClock.milliseconds() - began) ms",
      ])
  }
}
