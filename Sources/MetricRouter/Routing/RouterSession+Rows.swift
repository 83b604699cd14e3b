internal import Decomp
internal import Kafka

/// The way of a row: decode, identify, find its route, send.
extension RouterSession {
  /// Takes a consumed row.
  @inline(__always)
  func route(_ message: borrowing ConsumedMessage) {
    let input = input(of: message)
    let slot = slot(input, message.partition, of: message)
    let row = ConsumedRow(message)
    if isTransactional {
      include(slot: slot, offset: row.offset)
      guard !isInterrupted else { return }
    }
    let tag = tracker.add(slot: slot, offset: row.offset, bytes: row.payload.count)
    totals.consumed += 1
    let route = decide(row, input: input, slot: slot, tag: tag)
    guard route >= 0 else { return }
    if routes[Int(route)].userTopic != nil, refusedRows.isEmpty {
      send(row, route: route, slot: slot, tag: tag)
    } else {
      sendOrWait(row, route: route, slot: slot, tag: tag)
    }
  }

  /// The row's route, or -1 where it went to the dead letters.
  @inline(__always)
  private func decide(_ row: ConsumedRow, input: Int, slot: Int, tag: DeliveryTracker.Tag) -> Int32 {
    let payload = row.payload
    switch inputs[input].topic.rows {
    case .decoded(let decoder):
      switch decoder.decode(payload) {
      case .row(let decoded):
        let route: Int32
        if let name = RowName(decoded, in: payload) {
          route = find(name.producer, name.kind, decoded, row, input: input, slot, tag)
        } else {
          route = findByTopic(input, decoded, row, slot, tag)
        }
        if feed != nil { count(decoded, row, route: route, input: input, slot: slot) }
        return route
      case .refused(let refusal):
        refuse(row, Refusal(refusal, by: decoder, payload: payload), slot, tag)
        return -1
      }
    case .refused(let reason, let detail):
      refuse(row, Refusal(reason, detail), slot, tag)
      return -1
    }
  }

  @inline(__always)
  private func find(
    _ key: UnsafeRawBufferPointer, _ kind: RouteTable.KeyKind, _ decoded: DecodedRow,
    _ row: ConsumedRow, input: Int, _ slot: Int, _ tag: DeliveryTracker.Tag
  ) -> Int32 {
    let route = table.find(key, kind: kind, job: decoded.job ?? 0)
    return route >= 0 ? route : findOwner(key, kind, decoded, row, input: input, slot, tag)
  }

  /// The first row of a producer and job, and each row of a host.
  @inline(never)
  private func findOwner(
    _ key: UnsafeRawBufferPointer, _ kind: RouteTable.KeyKind, _ decoded: DecodedRow,
    _ row: ConsumedRow, input: Int, _ slot: Int, _ tag: DeliveryTracker.Tag
  ) -> Int32 {
    let host = hosts.find(key)
    if host >= 0 { return findByJob(decoded, row, host: host, input: input, slot, tag) }
    let owner = plan.identify(producer: Name(key), jobID: decoded.job)
    return addRoute(key, kind, decoded, owner, row, input: input, slot, tag)
  }

  private func findByTopic(
    _ input: Int, _ decoded: DecodedRow, _ row: ConsumedRow, _ slot: Int, _ tag: DeliveryTracker.Tag
  ) -> Int32 {
    guard case .topic(let producer, let identification) = inputs[input].topic.owner else {
      return findByJob(decoded, row, host: HostTable.none, input: input, slot, tag)
    }
    return producer.bytes.withUnsafeBytes { key in
      let route = table.find(key, kind: .topicName, job: decoded.job ?? 0)
      if route >= 0 { return route }
      let owner = plan.owner(by: identification, producer: producer, jobID: decoded.job)
      return addRoute(key, .topicName, decoded, owner, row, input: input, slot, tag)
    }
  }

  private func number(of host: Name) -> Int32 {
    if hosts.isFull {
      hosts = HostTable()
      jobs.routesByNumber = [:]
    }
    return hosts.add(host)
  }

  private func addRoute(
    _ key: UnsafeRawBufferPointer, _ kind: RouteTable.KeyKind, _ decoded: DecodedRow, _ owner: RowOwner,
    _ row: ConsumedRow, input: Int, _ slot: Int, _ tag: DeliveryTracker.Tag
  ) -> Int32 {
    switch owner {
    case .identity(let identity):
      return addRoute(key, kind, decoded, identity, row, slot, tag)
    case .job(_, let host):
      return findByJob(decoded, row, host: host.map(number(of:)) ?? HostTable.none, input: input, slot, tag)
    case .refused(let refusal):
      refuse(row, refusal, slot, tag)
      return -1
    }
  }

  /// A route for a key that has none.
  ///
  /// - Returns: -1 where the row went to the dead letters.
  func addRoute(
    _ key: UnsafeRawBufferPointer, _ kind: RouteTable.KeyKind, _ decoded: DecodedRow,
    _ identity: Identity, _ row: ConsumedRow, _ slot: Int, _ tag: DeliveryTracker.Tag
  ) -> Int32 {
    switch plan.topics(of: identity) {
    case .failure(let refusal):
      refuse(row, refusal, slot, tag)
      return -1
    case .success(let topics):
      let userOutput = addOutput(settings.userTopic.topic(named: topics.user))
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

  @inline(__always)
  private func slot(_ input: Int, _ partition: Int32, of message: borrowing ConsumedMessage) -> Int {
    let index = Int(partition)
    if index < inputs[input].slots.count, inputs[input].slots[index] >= 0 { return Int(inputs[input].slots[index]) }
    return addSlot(TopicPartition(topic: inputs[input].topic.name, partition: partition), input: input)
  }

  func addSlot(_ partition: TopicPartition, input: Int) -> Int {
    if let slot = slotOfPartition[partition] { return slot }
    let slot = tracker.addPartition()
    jobs.addPartition()
    slotOfPartition[partition] = slot
    partitions.append(partition)
    firstOffsets.append(-1)
    expectedOffsets.append(-1)
    keyPrefixes.append(ProvenanceKey.prefix(topic: partition.topic, partition: partition.partition))
    let index = Int(partition.partition)
    while inputs[input].slots.count <= index { inputs[input].slots.append(-1) }
    inputs[input].slots[index] = Int32(slot)
    return slot
  }
}
