internal import Decomp
internal import Jobs
internal import Kafka
internal import Naming
internal import Topics

/// The way of a row: decode, identify, find its route, send.
extension RouterSession {
  /// Takes a consumed row.
  ///
  /// - Returns: false where it has to be held back, and nothing was done with it.
  @inline(__always)
  func route(_ message: borrowing ConsumedMessage) -> Bool {
    let input = input(of: message)
    let slot = assignment.slot(input, message.partition)
    // A row that was fetched before its partition ended: whoever begins the partition consumes it.
    guard slot >= 0 else { return true }
    // What comes behind a row that is held back stays behind it.
    if unrouted.isHeldBack(slot) { return false }
    var row = ConsumedRow(message, slot: slot)
    // Before the row counts as consumed: one that waits must not be part of a batch or a transaction.
    let route: Int32
    if case .waiting = assignment.inputs[input].topic.rows {
      route = decideWaiting(message, &row)
    } else {
      route = decide(row, input: input)
    }
    guard route != RouteTable.waits else { return false }
    if delivery.includesRows {
      include(row)
      guard !phase.isInterrupted else { return true }
    }
    row.tag = tracker.add(slot: slot, offset: row.offset, bytes: row.payload.count)
    totals.consumed += 1
    guard route >= 0 else {
      setAside(row, route)
      return true
    }
    if routes[route].userTopic != nil, refusedRows.isEmpty {
      send(row, route: route)
    } else {
      sendOrWait(row, route: route)
    }
    return true
  }

  /// Does with a row without a route what was decided instead.
  @inline(never)
  private func setAside(_ row: ConsumedRow, _ decision: Int32) {
    switch decision {
    case RouteTable.unassigned: tracker.setAside(row.tag, .unassigned, bytes: row.payload.count)
    case RouteTable.withheld: tracker.setAside(row.tag, .withheld, bytes: row.payload.count)
    case RouteTable.postponed: postpone(row)
    default: refuse(row)
    }
  }

  /// Sends the row that was just rejected to the dead-letter topic.
  private func refuse(_ row: ConsumedRow) {
    guard let refusal = remark.refusal else { preconditionFailure("a row without a route was refused or waits") }
    remark.refusal = nil
    refuse(row, refusal)
  }

  /// Notes why a row is a dead letter.
  func refused(_ refusal: Refusal) -> Int32 {
    remark.refusal = refusal
    return RouteTable.refused
  }

  /// The route of a row, or the constant that takes its place.
  @inline(__always)
  private func decide(_ row: ConsumedRow, input: Int) -> Int32 {
    let payload = row.payload
    switch assignment.inputs[input].topic.rows {
    case .decoded(let decoder):
      switch decoder.decode(payload) {
      case .row(var decoded):
        let reading = plan.instances.isEmpty ? nil : readInstance(&decoded, in: payload)
        let key = RowKey(decoded, in: payload, topic: assignment.inputs[input].topic.owner, instance: reading)
        let route = find(key, decoded, row, input: input)
        if feed != nil, route != RouteTable.waits { learn(decoded, row, route: route, input: input) }
        return route
      case .refused(let refusal):
        return refused(Refusal(refusal, by: decoder, payload: payload))
      }
    case .refused(let reason, let detail):
      return refused(Refusal(reason, detail))
    case .waiting:
      return refused(Refusal(.malformedRow, "a header of the row names the topic of waiting rows as its input topic"))
    }
  }

  /// The route of a row that has waited, or the constant that takes its place. From here on, the row is what it was in its input.
  @inline(never)
  private func decideWaiting(_ message: borrowing ConsumedMessage, _ row: inout ConsumedRow) -> Int32 {
    guard let wait = OwnerWait(message) else {
      return refused(Refusal(.malformedRow, "no router has written this message to the topic of waiting rows"))
    }
    row = ConsumedRow(message, slot: row.slot, waited: wait)
    return decide(row, input: addInput(wait.origin.partition.topic))
  }

  /// What the name of a row's metric set says. The job in it goes before the column: with several jobs on a node, LDMS fills the
  /// column with the last one's.
  @inline(never)
  private func readInstance(_ row: inout DecodedRow, in payload: UnsafeRawBufferPointer) -> InstanceReading? {
    guard let instance = row.instance else { return nil }
    let reading = routes.byNumber.read(instance: instance.bytes(in: payload), by: plan.instances)
    if let reading { row.job = reading.job }
    return reading
  }

  /// The route of a key, which most rows have already, or what takes its place.
  @inline(__always)
  private func find(_ key: RowKey, _ decoded: DecodedRow, _ row: ConsumedRow, input: Int) -> Int32 {
    switch key {
    case .producer(let bytes), .instance(let bytes):
      let route = routes.find(bytes, kind: key.kind, job: decoded.job ?? 0)
      return route >= 0 ? route : findOwner(key, bytes, decoded, row, input: input)
    case .topic(let producer, _):
      return producer.bytes.withUnsafeBytes { bytes in
        let route = routes.find(bytes, kind: key.kind, job: decoded.job ?? 0)
        return route >= 0 ? route : addRoute(key, bytes, decoded, row, input: input)
      }
    case .host(let node):
      return findByJob(decoded, row, host: routes.byNumber.host(node), input: input)
    case .job, .none:
      return findByJob(decoded, row, host: HostTable.none, input: input)
    }
  }

  /// The first row of a producer and job, and each row of a host.
  @inline(never)
  private func findOwner(
    _ key: RowKey, _ bytes: UnsafeRawBufferPointer, _ decoded: DecodedRow, _ row: ConsumedRow, input: Int
  ) -> Int32 {
    let host = routes.byNumber.host(called: bytes)
    return host >= 0
      ? findByJob(decoded, row, host: host, input: input) : addRoute(key, bytes, decoded, row, input: input)
  }

  @inline(never)
  private func addRoute(
    _ key: RowKey, _ bytes: UnsafeRawBufferPointer, _ decoded: DecodedRow, _ row: ConsumedRow, input: Int
  ) -> Int32 {
    switch plan.owner(of: key, jobID: decoded.job) {
    case .identity(let identity):
      return addRoute(bytes, key.kind, job: decoded.job ?? 0, decoded, identity)
    case .job(_, let host):
      let number = host.map { routes.byNumber.add($0, called: bytes) } ?? HostTable.none
      return findByJob(decoded, row, host: number, input: input)
    case .refused(let refusal):
      return refused(refusal)
    }
  }

  /// A route for a key that has none.
  func addRoute(
    _ key: UnsafeRawBufferPointer, _ kind: RouteTable.KeyKind, job: UInt64, _ decoded: DecodedRow, _ identity: Identity
  ) -> Int32 {
    switch plan.topics(of: identity) {
    case .failure(let refusal):
      return refused(refusal)
    case .success(let names):
      let userOutput = topics.addUserTopic(settings.templates.user.topic(named: names.user), user: identity.user)
      let jobOutput = jobOutput(of: identity, named: names.job)
      let route = routes.add(
        key, kind: kind, job: job, identity, userOutput: userOutput, jobOutput: jobOutput)
      jobs.tallies.addRoute(component: decoded.component)
      refresh(route)
      return route
    }
  }

  /// The input of a row.
  @inline(__always)
  private func input(of message: borrowing ConsumedMessage) -> Int {
    let input = assignment.input(of: message.source)
    return input >= 0 ? input : addInput(of: message)
  }

  @inline(never)
  private func addInput(of message: borrowing ConsumedMessage) -> Int {
    let input = addInput(message.topic)
    if consumer.retain(message.source) { assignment.keep(message.source, input: input) }
    return input
  }

  /// The input of a topic, which may be a new one.
  func addInput(_ topic: String) -> Int {
    if let input = assignment.input(named: topic) { return input }
    return assignment.add(Assignment.Input(plan.input(topic: topic)))
  }

  /// A slot has come to be: everybody counts them alike.
  func added(slot: Int) {
    let position = tracker.addPartition()
    precondition(position == slot, "each slot is added once")
    jobs.addPartition()
  }
}
