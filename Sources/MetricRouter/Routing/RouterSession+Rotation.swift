internal import Kafka

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
    var rows = [UInt64](repeating: 0, count: outputs.topics.count)
    for route in routes {
      rows[Int(route.userOutput)] &+= route.rows
      if route.jobOutput >= 0 { rows[Int(route.jobOutput)] &+= route.rows }
    }
    activity.observe(rows, now: now)
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
    var liveJobs: Set<JobName> = []
    for (route, identity) in zip(routes, identities)
    where !isIdle(route.jobOutput >= 0 ? route.jobOutput : route.userOutput, now: began) {
      liveJobs.insert(JobName(user: identity.user, job: identity.job))
    }
    earlierJobs = jobTotals().filter { liveJobs.contains(JobName(user: $0.user, job: $0.job)) }

    do {
      let observer = KafkaLog(log, loginAdvice: LoginAdvice.advice(for: settings.administration))
      var fresh: [Producer] = []
      for _ in producers { fresh.append(try Producer(properties: settings.producer, observer: observer)) }
      deadLetterTopic = try fresh[0].topic(named: plan.names.deadLetters)
      // The handles that routes hold go with the old ones.
      routes = []
      producers = fresh
    } catch {
      phase.end(.rebuild(error))
      return
    }
    putJobs()
    identities = []
    jobs.forgetRoutes()
    table = RouteTable()
    limitedRoutes = 0
    committedCounts = []
    missingTopics = [:]
    failuresOfTopic = [:]
    activity.keepOnly(live.filter { isObserved($0) })
    // Those that were added since the last look stand at the end, so that positions still agree.
    outputs.keepOnly(live)
    routesOfOutput = Array(repeating: [], count: live.count)
    opening = TopicOpening(producerCount: producers.count)
    decided = []
    undecided = []
    idleJobTopics = 0
    idleUserTopics = 0
    if delivery.isTransactional { claimTransactionalID() }
    log.debug(
      "producers made anew: too many topics were not written any more",
      [.count: String(count - live.count), .after: "\(MonotonicClock.milliseconds() - began) ms"])
  }

  private func isObserved(_ output: Int32) -> Bool { Int(output) < activity.count }

  /// A job as it is known by: the same number may be another user's.
  private struct JobName: Hashable {
    var user: Name
    var job: Name
  }

  /// What was done for each job.
  func jobTotals() -> [JobTotals] {
    var jobs = earlierJobs
    var byName: [JobName: Int] = [:]
    for (position, job) in jobs.enumerated() { byName[JobName(user: job.user, job: job.job)] = position }
    var byOutput: [Int32: Int] = [:]
    for (route, identity) in zip(routes, identities) {
      let name = JobName(user: identity.user, job: identity.job)
      let jobTopic = route.jobOutput >= 0 ? outputs[route.jobOutput].name : nil
      let position: Int
      if route.jobOutput >= 0, let known = byOutput[route.jobOutput] {
        position = known
      } else if let known = byName[name] {
        position = known
      } else {
        position = jobs.count
        jobs.append(
          JobTotals(
            user: identity.user, job: identity.job, nodes: [], userTopic: outputs[route.userOutput].name,
            jobTopic: jobTopic, rows: 0, bytes: 0))
        byName[name] = position
      }
      if route.jobOutput >= 0 { byOutput[route.jobOutput] = position }
      jobs[position].jobTopic = jobTopic
      jobs[position].rows += route.rows
      jobs[position].bytes += route.bytes
      if !jobs[position].nodes.contains(identity.node) { jobs[position].nodes.append(identity.node) }
    }
    return jobs
  }
}
