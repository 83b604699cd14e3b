internal import Decomp
internal import Jobs
internal import Kafka
internal import Logging
internal import Naming
internal import Runtime

/// What the index of jobs learns on a row's way.
extension RouterSession {
  /// Counts a row, and takes note of what it says of jobs.
  @inline(__always)
  func learn(_ decoded: DecodedRow, _ row: ConsumedRow, route: Int32, input: Int) {
    // What a row says of owners may be what it would wait for itself.
    if assignment.inputs[input].topic.hasOwners { keepOwnerRow(decoded, row, input: input) }
    // One that waits counts when it comes back.
    if route != RouteTable.postponed { count(decoded, row, route: route, input: input) }
  }

  /// Counts a row of the row schema, whether it has a route or not.
  @inline(__always)
  private func count(_ decoded: DecodedRow, _ row: ConsumedRow, route: Int32, input: Int) {
    let own = decoded.timestamp?.milliseconds ?? 0
    // A set that was never sampled says 0.
    let time = own > 0 ? own : row.timestamp ?? pace.batchTime
    // A row that has waited says nothing of how far its partition has come.
    jobs.count(
      route: route, schema: schema(decoded, input: input), slot: row.wait == nil ? row.slot : nil,
      bytes: row.payload.count, time: time, delay: pace.batchTime - time)
    if assignment.inputs[input].topic.hasValues, route >= 0 {
      keepValues(decoded, row, route: route, input: input, time: time)
    }
    if assignment.inputs[input].isSlurmRow(decoded) { keepSlurmRow(decoded, row, route: route, input: input) }
  }

  /// The number of a row's schema in the tallies.
  @inline(__always)
  private func schema(_ decoded: DecodedRow, input: Int) -> Int {
    let schema = assignment.inputs[input].schemas[decoded.variant]
    return schema >= 0 ? Int(schema) : addSchema(decoded.variant, input: input)
  }

  @inline(never)
  private func addSchema(_ variant: Int, input: Int) -> Int {
    let schema = jobs.tallies.schema(named: assignment.inputs[input].topic.kinds[variant].schema)
    assignment.number(input, variant: variant, as: schema)
    return schema
  }

  @inline(never)
  private func keepOwnerRow(_ decoded: DecodedRow, _ row: ConsumedRow, input: Int) {
    // What another row schema reads, too, may be one that a user made look so.
    guard decoded.isOfOneSchema, let reader = assignment.inputs[input].topic.kinds[decoded.variant].owners,
      let said = reader.read(row.payload, unlessSeen: &jobs.ownerFilter)
    else { return }
    jobs.ownerRows.append(said)
    // The row counts as under way until the index has stored what it says.
    let batch = tracker.openBatch
    if claimDebts.add(batch: batch, now: jobs.now) { tracker.expect(1, batch: batch) }
  }

  /// Takes note of claims that the index has stored: the offsets of their rows may be committed.
  func settleClaims() {
    guard let feed else { return }
    for batch in claimDebts.settle(upTo: feed.storedOwnerRows) { arrived(1, batch) }
    guard claimDebts.isOverdue(now: MonotonicClock.milliseconds()), isDue("claims") else { return }
    log.warning(
      "waiting until the topic of the job index has stored what rows of identity.owners say; offsets are committed after that",
      [.topic: plan.names.jobIndex, .error: feed.trouble ?? "none so far"])
  }

  /// Whether so many batches wait for that, that no more may be consumed.
  var waitsForClaims: Bool { !claimDebts.isEmpty && tracker.unfinishedBatches > ClaimDebts.batchLimit }

  /// Whether so many rows of authorities wait for the index that no more may be consumed: none of them may be lost.
  var hasTooManyOwnerRows: Bool { jobs.ownerRows.count >= JobFeed.ownerLimit }

  /// Hands over what authorities said, at once: rows may wait for it.
  func putOwnerRows() {
    guard !jobs.ownerRows.isEmpty else { return }
    feed?.put(&jobs.ownerRows)
  }

  @inline(never)
  private func keepValues(_ decoded: DecodedRow, _ row: ConsumedRow, route: Int32, input: Int, time: Int64) {
    assignment.inputs[input].topic.columns.read(decoded, row.payload) { column, value in
      jobs.tallies.keep(route: Int(route), value: column, value, time: time)
    }
  }

  @inline(never)
  private func keepSlurmRow(_ decoded: DecodedRow, _ row: ConsumedRow, route: Int32, input: Int) {
    guard jobs.slurmRows.count < JobFeed.slurmLimit,
      let reader = assignment.inputs[input].topic.kinds[decoded.variant].slurm
    else { return }
    let node = route >= 0 ? routes.identity(route).node : nil
    jobs.slurmRows.append(JobFeed.SlurmPayload(reader: reader, bytes: Array(row.payload), node: node))
  }

  /// The route of a row that names no user, but perhaps a job's number whose owner the index knows, or what takes its place.
  ///
  /// - Parameter host: the number of the host that the row names, in `JobNumberRoutes`.
  func findByJob(_ decoded: DecodedRow, _ row: ConsumedRow, host: Int32, input: Int) -> Int32 {
    let job = decoded.job ?? 0
    // Where neither a node nor a job is said, no job can lead to an owner, whatever becomes known.
    guard job != 0 || host != HostTable.none || decoded.component ?? 0 != 0 else {
      return refused(RowOwner.unknown(host: nil, topic: assignment.inputs[input].topic.name, nil))
    }
    // Such rows come when a job begins or ends, of which it is.
    if job == 0, assignment.inputs[input].topic.tellsOfJobs(decoded) { return RouteTable.unassigned }
    guard let feed else {
      guard job != 0 else { return RouteTable.unassigned }
      return refusedByNumber(.noIdentity, "the router keeps no index of jobs", host: host, input: input)
    }
    feed.wantOwners()
    let version = feed.version
    // Until then, a job that is not known may be one that has not been read yet.
    guard version > 0 else { return RouteTable.waits }
    routes.byNumber.update(to: version, feed.latestOwners)
    let numbers = JobNumberRoutes.Numbers(job: job, component: decoded.component, host: host)
    let own = decoded.timestamp?.milliseconds ?? 0
    let time = own > 0 ? own : row.timestamp ?? pace.batchTime
    if let route = routes.byNumber.route(of: numbers, time: time) { return route }
    switch routes.byNumber.owner(of: numbers, time: time) {
    case .owner(let user, let job, let node, let times):
      let route = routeByNumber(user, node, job: job, decoded)
      if route >= 0 { routes.byNumber.add(route, for: numbers, times: times) }
      return route
    case .unassigned: return RouteTable.unassigned
    case .withheld: return RouteTable.withheld
    case .ambiguous(let why): return refusedByNumber(.ambiguousOwner, why, host: host, input: input)
    case .unknown(let why): return wait(for: job, why, row, host: host, input: input)
    }
  }

  /// Decides a row whose job has no known owner yet.
  private func wait(for job: UInt64, _ why: String, _ row: ConsumedRow, host: Int32, input: Int) -> Int32 {
    let patience = settings.ownerWaitMilliseconds
    if let wait = row.wait {
      let deadline = wait.since + patience
      if WallClock.milliseconds() < deadline {
        unrouted.wake(at: deadline)
        return RouteTable.waits
      }
      // A resent row has not waited: that its owner is not known yet says nothing about later.
      if job != 0, wait.letter == nil { routes.byNumber.noteUnknown(job) }
    } else if patience > 0, routes.byNumber.mayWait(forOwnerOf: job) {
      remark.postponedJob = job
      return RouteTable.postponed
    }
    return refusedByNumber(.unknownJob, why, host: host, input: input)
  }

  private func refusedByNumber(_ reason: DeadLetterReason, _ why: String, host: Int32, input: Int) -> Int32 {
    let node = routes.byNumber.name(ofHost: host).map { "node `\($0)`: " } ?? ""
    return refused(Refusal(reason, "\(node)\(why)"))
  }

  private func routeByNumber(_ user: Name, _ node: Name, job: UInt64, _ decoded: DecodedRow) -> Int32 {
    let identity = Identity(user: user, job: job, node: node)
    // The user is in the key: the same number may come to be another's.
    let key = identity.user.bytes + [0] + identity.node.bytes
    return key.withUnsafeBytes { key in
      let route = routes.find(key, kind: .jobNumber, job: job)
      return route >= 0 ? route : addRoute(key, .jobNumber, job: job, decoded, identity)
    }
  }

  /// Hands over what was counted, if the index asked for it.
  func putJobsIfWanted() {
    guard let feed, feed.isWanted else { return }
    putJobs()
  }

  /// Hands over what was counted.
  func putJobs() {
    guard let feed else { return }
    putOwnerRows()
    var waiting: UInt64 = 0
    // While rows keep arriving, librdkafka does not report the end of a partition.
    for lag in consumer.lags(of: assignment.read) {
      if lag.partition.topic == plan.names.waiting { waiting += UInt64(max(0, lag.rows)) }
      if lag.rows == 0, let slot = assignment.slot(of: lag.partition), !unrouted.isHeldBack(slot) {
        jobs.reachedEnd(slot)
      }
    }
    let reached = reached(feed)
    let time = jobs.told(reached.time, isTransactionOpen: delivery.isOpen)
    feed.put(
      JobFeed.Handover(
        generation: jobs.generation, tallies: jobs.counted, newRoutes: Array(routes.identities[jobs.handedOver...]),
        slurmRows: jobs.slurmRows, time: time, isBehind: reached.isBehind,
        partitions: assignment.assigned.map { "\($0.topic)/\($0.partition)" }.sorted(), assigned: jobs.assigned,
        ownersBehind: ownersBehind(feed), rows: RowFateCounts(totals, waiting: waiting)))
    jobs.handedOver = routes.count
    jobs.slurmRows = []
  }

  /// A transaction was committed with all rows that were counted.
  func keepCommittedJobs() {
    jobs.keepCommitted(reached: feed.flatMap { reached($0).time })
  }

  /// The time up to which rows of authorities have been read; `nil` if none wait to be read.
  private func ownersBehind(_ feed: JobFeed) -> Int64? {
    let slots = assignment.assigned.compactMap { partition in
      assignment.input(named: partition.topic).flatMap { input in
        assignment.inputs[input].topic.hasOwners ? assignment.slot(of: partition) : nil
      }
    }
    let reached = jobs.reached(
      slots, wallClock: WallClock.milliseconds(), difference: feed.lastDifference, now: MonotonicClock.milliseconds())
    return reached.isBehind ? reached.time ?? .min : nil
  }

  private func reached(_ feed: JobFeed) -> (time: Int64?, isBehind: Bool) {
    jobs.reached(
      assignment.assigned.compactMap { $0.topic == plan.names.waiting ? nil : assignment.slot(of: $0) },
      wallClock: WallClock.milliseconds(),
      difference: feed.lastDifference, now: MonotonicClock.milliseconds())
  }
}
