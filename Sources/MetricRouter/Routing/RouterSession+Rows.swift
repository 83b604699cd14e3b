internal import Decomp
internal import Kafka

/// The way of a row: decode, identify, find its route, send.
extension RouterSession {
  /// Takes a consumed row.
  ///
  /// - Returns: false where it has to be held back, and nothing was done with it.
  @inline(__always)
  func route(_ message: borrowing ConsumedMessage) -> Bool {
    let input = input(of: message)
    let slot = slot(input, message.partition)
    // A row that was fetched before its partition ended: whoever begins the partition consumes it.
    guard slot >= 0 else { return true }
    // What comes behind a row that is held back stays behind it.
    if !heldBackSlots.isEmpty, heldBackSlots.contains(slot) { return false }
    let row = ConsumedRow(message)
    // Before the row counts as consumed: one that waits must not be part of a batch or a transaction.
    let route = decide(row, input: input, slot: slot)
    guard route != RouteTable.waits else { return false }
    if isTransactional {
      include(slot: slot, offset: row.offset)
      guard !phase.isInterrupted else { return true }
    }
    let tag = tracker.add(slot: slot, offset: row.offset, bytes: row.payload.count)
    totals.consumed += 1
    guard route >= 0 else {
      refuse(row, slot, tag)
      return true
    }
    if routes[Int(route)].userTopic != nil, refusedRows.isEmpty {
      send(row, route: route, slot: slot, tag: tag)
    } else {
      sendOrWait(row, route: route, slot: slot, tag: tag)
    }
    return true
  }

  /// Sends the row to the dead letters that has just been refused.
  private func refuse(_ row: ConsumedRow, _ slot: Int, _ tag: DeliveryTracker.Tag) {
    guard let refusal else { preconditionFailure("a row without a route was refused or waits") }
    self.refusal = nil
    refuse(row, refusal, slot, tag)
  }

  /// Keeps why a row is a dead letter.
  func refused(_ refusal: Refusal) -> Int32 {
    self.refusal = refusal
    return RouteTable.refused
  }

  /// The row's route, or what takes its place.
  @inline(__always)
  private func decide(_ row: ConsumedRow, input: Int, slot: Int) -> Int32 {
    let payload = row.payload
    switch inputs[input].topic.rows {
    case .decoded(let decoder):
      switch decoder.decode(payload) {
      case .row(let decoded):
        let route = find(RowKey(decoded, in: payload, topic: inputs[input].topic.owner), decoded, input: input)
        if feed != nil, route != RouteTable.waits { count(decoded, row, route: route, input: input, slot: slot) }
        return route
      case .refused(let refusal):
        return refused(Refusal(refusal, by: decoder, payload: payload))
      }
    case .refused(let reason, let detail):
      return refused(Refusal(reason, detail))
    }
  }

  /// The route of a key, which most rows have already, or what takes its place.
  @inline(__always)
  private func find(_ key: RowKey, _ decoded: DecodedRow, input: Int) -> Int32 {
    switch key {
    case .producer(let bytes), .instance(let bytes):
      let route = table.find(bytes, kind: key.kind, job: decoded.job ?? 0)
      return route >= 0 ? route : findOwner(key, bytes, decoded, input: input)
    case .topic(let producer, _):
      return producer.bytes.withUnsafeBytes { bytes in
        let route = table.find(bytes, kind: key.kind, job: decoded.job ?? 0)
        return route >= 0 ? route : addRoute(key, bytes, decoded, input: input)
      }
    case .job, .none:
      return findByJob(decoded, host: HostTable.none, input: input)
    }
  }

  /// The first row of a producer and job, and each row of a host.
  @inline(never)
  private func findOwner(_ key: RowKey, _ bytes: UnsafeRawBufferPointer, _ decoded: DecodedRow, input: Int) -> Int32 {
    let host = hosts.find(bytes)
    return host >= 0 ? findByJob(decoded, host: host, input: input) : addRoute(key, bytes, decoded, input: input)
  }

  private func number(of host: Name) -> Int32 {
    if hosts.isFull {
      hosts = HostTable()
      jobs.routesByNumber = [:]
    }
    return hosts.add(host)
  }

  @inline(never)
  private func addRoute(_ key: RowKey, _ bytes: UnsafeRawBufferPointer, _ decoded: DecodedRow, input: Int) -> Int32 {
    switch plan.owner(of: key, jobID: decoded.job) {
    case .identity(let identity):
      return addRoute(bytes, key.kind, decoded, identity)
    case .job(_, let host):
      return findByJob(decoded, host: host.map(number(of:)) ?? HostTable.none, input: input)
    case .refused(let refusal):
      return refused(refusal)
    }
  }

  /// A route for a key that has none.
  func addRoute(
    _ key: UnsafeRawBufferPointer, _ kind: RouteTable.KeyKind, _ decoded: DecodedRow, _ identity: Identity
  ) -> Int32 {
    switch plan.topics(of: identity) {
    case .failure(let refusal):
      return refused(refusal)
    case .success(let topics):
      let userOutput = addOutput(settings.userTopic.topic(named: topics.user), user: identity.user)
      let jobOutput = jobOutput(of: identity, named: topics.job)
      let route = Int32(routes.count)
      routes.append(Route(userOutput: userOutput, jobOutput: jobOutput))
      identities.append(identity)
      jobs.tallies.addRoute(component: decoded.component)
      routesOfOutput[Int(userOutput)].append(route)
      if jobOutput >= 0 { routesOfOutput[Int(jobOutput)].append(route) } else { limitedRoutes += 1 }
      table.insert(key, kind: kind, job: decoded.job ?? 0, route: route)
      refresh(route)
      return route
    }
  }

  /// Which input a row belongs to. Rows mostly come in runs of one topic.
  @inline(__always)
  private func input(of message: borrowing ConsumedMessage) -> Int {
    let handle = message.source
    if lastInput < inputOfHandle.count, inputOfHandle[lastInput].handle == handle {
      return inputOfHandle[lastInput].input
    }
    return findInput(handle, message)
  }

  private func findInput(_ handle: ConsumedTopic, _ message: borrowing ConsumedMessage) -> Int {
    if let index = inputOfHandle.firstIndex(where: { $0.handle == handle }) {
      lastInput = index
      return inputOfHandle[index].input
    }
    let input = addInput(message.topic)
    if consumer.retain(handle) {
      inputOfHandle.append((handle, input))
      lastInput = inputOfHandle.count - 1
    }
    return input
  }

  func addInput(_ topic: String) -> Int {
    if let input = inputs.firstIndex(where: { $0.topic.name == topic }) { return input }
    let input = plan.input(topic: topic)
    inputs.append(Input(topic: input, schema: jobs.tallies.schema(named: input.schema)))
    return inputs.count - 1
  }

  /// The slot of a partition, or -1 where it is not read (any more).
  @inline(__always)
  private func slot(_ input: Int, _ partition: Int32) -> Int {
    let index = Int(partition)
    return index < inputs[input].slots.count ? Int(inputs[input].slots[index]) : -1
  }

  /// The slot of a partition, which may be a new one. Its rows are taken only after `setOpen`.
  func addSlot(_ partition: TopicPartition) -> Int {
    if let slot = slotOfPartition[partition] { return slot }
    let slot = tracker.addPartition()
    jobs.addPartition()
    slotOfPartition[partition] = slot
    partitions.append(partition)
    firstOffsets.append(-1)
    expectedOffsets.append(-1)
    notes.append(nil)
    begins.append(PartitionBegin())
    keyPrefixes.append([])
    return slot
  }

  /// Whether rows of a partition are taken.
  func setOpen(_ isOpen: Bool, slot: Int) {
    let partition = partitions[slot]
    let input = addInput(partition.topic)
    let index = Int(partition.partition)
    while inputs[input].slots.count <= index { inputs[input].slots.append(-1) }
    inputs[input].slots[index] = isOpen ? Int32(slot) : -1
  }
}
