internal import Kafka
internal import Runtime

/// Topics that are not written any more: they never leave a producer of librdkafka, which looks through all of them, and
/// their routes lie in memory. When too many have gathered, the producers are made anew.
extension RouterSession {
  /// Looks, once a minute, at which topics are still in use.
  func sweepIfDue() {
    let now = MonotonicClock.milliseconds()
    guard now - lastSweep >= settings.rotation.sweepMilliseconds else { return }
    lastSweep = now
    // What was made since the last look has to be paid for only if it was not there.
    if admission.hasPaid { surveyIfStale() }
    activity.observe(routes.rows(outputCount: outputs.topics.count), now: now)
    var idle = 0
    idleJobTopics = 0
    idleUserTopics = 0
    for (position, topic) in outputs.topics.enumerated() where isIdle(Int32(position), now: now) {
      idle += 1
      if topic.isJob { idleJobTopics += 1 } else { idleUserTopics += 1 }
    }
    isRotationDue = idle > max(settings.rotation.leastIdle, outputs.topics.count - idle)
  }

  private func isIdle(_ output: Int32, now: Int64) -> Bool {
    activity.isIdle(output, now: now, after: settings.rotation.idleMilliseconds)
  }

  /// Makes the producers anew when nothing is under way: between two transactions, or after waiting for it as long as a
  /// rebalance would.
  func rotateIfDue() {
    guard isRotationDue, !phase.isInterrupted, !delivery.isOpen else { return }
    switch delivery.finishing {
    case .drain:
      let depth = phase.enter(.rotation(until: MonotonicClock.milliseconds() + Phase.drainMilliseconds))
      finishRows()
      phase.leave(depth)
    case .settle: break
    }
    // Rows that wait for their topics know their routes by number: then it has to wait for the next look.
    isRotationDue = false
    guard !phase.isInterrupted, !stop.isRequested, tracker.unfinishedBatches == 0 else { return }
    rotate()
  }

  /// Every row that was consumed has arrived. Topics that are in use stay known, so that their rows need not wait; their
  /// routes come back with their next rows, and all others are forgotten.
  private func rotate() {
    let began = MonotonicClock.milliseconds()
    let count = outputs.topics.count
    let live = outputs.topics.indices.map { Int32($0) }.filter { !isIdle($0, now: began) }

    do {
      // The handles that routes hold go with the old ones; who they belong to is still to be handed over.
      try producers.renew()
    } catch {
      phase.end(.rebuild(error))
      return
    }
    putJobs()
    routes.forgetAll(outputs) { !isIdle($0, now: began) }
    jobs.forgetRoutes()
    parked.forgetOutputs()
    failuresOfTopic = [:]
    activity.keepOnly(live.filter { isObserved($0) })
    // Those that were added since the last look stand at the end, so that positions still agree.
    outputs.keepOnly(live)
    opening = TopicOpening(producerCount: producers.count)
    undecided = []
    idleJobTopics = 0
    idleUserTopics = 0
    prepareProducers()
    log.debug(
      "producers recreated: too many idle topics",
      [.count: String(count - live.count), .after: "\(MonotonicClock.milliseconds() - began) ms"])
  }

  private func isObserved(_ output: Int32) -> Bool { Int(output) < activity.count }
}
