internal import Decomp
internal import Kafka
internal import Naming
internal import Runtime

/// What the index of jobs learns on a row's way.
extension RouterSession {
  /// Counts a row of the row schema, whether it has a route or not.
  @inline(__always)
  func count(_ decoded: DecodedRow, _ row: ConsumedRow, route: Int32, input: Int) {
    let own = decoded.timestamp?.milliseconds ?? 0
    // A set that was never sampled says 0.
    let time = own > 0 ? own : row.timestamp ?? pace.batchTime
    jobs.count(
      route: route, schema: assignment.inputs[input].schema, slot: row.slot, bytes: row.payload.count, time: time,
      delay: pace.batchTime - time)
    if assignment.inputs[input].topic.hasValues, route >= 0 {
      keepValues(decoded, row, route: route, input: input, time: time)
    }
    if assignment.inputs[input].topic.slurm != nil { keepSlurmRow(row, route: route, input: input) }
  }

  @inline(never)
  private func keepValues(_ decoded: DecodedRow, _ row: ConsumedRow, route: Int32, input: Int, time: Int64) {
    assignment.inputs[input].topic.columns.read(decoded, row.payload) { column, value in
      jobs.tallies.keep(route: Int(route), value: column, value, time: time)
    }
  }

  @inline(never)
  private func keepSlurmRow(_ row: ConsumedRow, route: Int32, input: Int) {
    guard jobs.slurmRows.count < JobFeed.slurmLimit else { return }
    let node = route >= 0 ? routes.identity(route).node : nil
    jobs.slurmRows.append(
      JobFeed.SlurmPayload(topic: assignment.inputs[input].topic.name, bytes: Array(row.payload), node: node))
  }

  /// The route of a row that names no user, but perhaps a job's number that the index knows, or what takes its place.
  ///
  /// - Parameter host: the number of the host that the row names, in `JobNumberRoutes`.
  func findByJob(_ decoded: DecodedRow, host: Int32, input: Int) -> Int32 {
    guard let feed, let job = decoded.job, job != 0 else {
      let why = host == HostTable.none ? nil : "the row has no job number"
      return refusedByNumber(host: host, input: input, why)
    }
    feed.wantOwners()
    let version = feed.version
    // Until then, a job that is not known may be one that has not been read yet.
    guard version > 0 else { return RouteTable.waits }
    routes.byNumber.update(to: version, feed.latestOwners)
    let numbers = JobNumberRoutes.Numbers(job: job, component: decoded.component, host: host)
    if let route = routes.byNumber.route(of: numbers) { return route }
    switch routes.byNumber.owner(of: numbers) {
    case .nothing(let why):
      return refusedByNumber(host: host, input: input, why)
    case .identity(let user, let node):
      let route = routeByNumber(Identity(user: user, job: job, node: node), decoded)
      if route >= 0 { routes.byNumber.add(route, for: numbers) }
      return route
    }
  }

  private func refusedByNumber(host: Int32, input: Int, _ why: String?) -> Int32 {
    let host = routes.byNumber.name(ofHost: host)
    return refused(RowOwner.unknown(host: host, topic: assignment.inputs[input].topic.name, why))
  }

  private func routeByNumber(_ identity: Identity, _ decoded: DecodedRow) -> Int32 {
    // The user is in the key: the same number may come to be another's.
    let key = identity.user.bytes + [0] + identity.node.bytes
    return key.withUnsafeBytes { key in
      let route = routes.find(key, kind: .jobNumber, job: decoded.job ?? 0)
      return route >= 0 ? route : addRoute(key, .jobNumber, decoded, identity)
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
    // While rows keep coming, librdkafka does not tell of a partition's end.
    for lag in consumer.lags(of: assignment.read) where lag.rows == 0 {
      if let slot = assignment.slot(of: lag.partition), !unrouted.isHeldBack(slot) { jobs.reachedEnd(slot) }
    }
    let reached = reached(feed)
    let time = jobs.told(reached.time, isTransactionOpen: delivery.isOpen)
    feed.put(
      JobFeed.Handover(
        generation: jobs.generation, tallies: jobs.counted, newRoutes: Array(routes.identities[jobs.handedOver...]),
        slurmRows: jobs.slurmRows, time: time, isBehind: reached.isBehind,
        partitions: assignment.assigned.map { "\($0.topic)/\($0.partition)" }.sorted(), assigned: jobs.assigned))
    jobs.handedOver = routes.count
    jobs.slurmRows = []
  }

  /// A transaction was committed with all rows that were counted.
  func keepCommittedJobs() {
    jobs.keepCommitted(reached: feed.flatMap { reached($0).time })
  }

  private func reached(_ feed: JobFeed) -> (time: Int64?, isBehind: Bool) {
    jobs.reached(
      assignment.assigned.compactMap { assignment.slot(of: $0) }, wallClock: WallClock.milliseconds(),
      difference: feed.lastDifference, now: MonotonicClock.milliseconds())
  }
}
