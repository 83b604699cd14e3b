internal import Kafka
internal import Logging
internal import Naming
internal import Runtime

/// Hands rows to the producers, and waits for room where that is needed.
extension RouterSession {
  /// Sends a row whose topics are ready.
  @inline(__always)
  func send(_ row: ConsumedRow, route index: Int32) {
    let route = routes[index]
    guard let userTopic = route.userTopic, let jobTopic = route.jobTopic else {
      sendToUserAlone(row, route: index)
      return
    }
    let payload = row.payload
    let key = writeKey(of: row)
    let time = time(of: row)
    routes.count(payload.count, along: index)
    tracker.expect(2, batch: row.tag.batch)
    var tag = row.tag
    tag.copy = .user
    let userCode = producers.produce(
      payload, key: key, timestamp: time, tag: tag, to: userTopic, partition: route.userPartition)
    if userCode != nil {
      sendCopy(row.copy(.user), to: userTopic, partition: route.userPartition, output: route.userOutput)
    }
    tag.copy = .job
    let jobKey = userCode == nil ? key : writeKey(of: row)
    let jobCode = producers.produce(
      payload, key: jobKey, timestamp: time, tag: tag, to: jobTopic, partition: route.jobPartition)
    if jobCode != nil {
      sendCopy(row.copy(.job), to: jobTopic, partition: route.jobPartition, output: route.jobOutput)
    }
  }

  /// The row's key, valid until the next one is written.
  @inline(__always)
  private func writeKey(of row: ConsumedRow) -> UnsafeRawBufferPointer {
    if let wait = row.wait { return producers.writeKey(wait.key) }
    return producers.writeKey(slot: row.slot, prefix: assignment.slots[row.slot].keyPrefix, offset: row.offset)
  }

  /// The row's own time, in milliseconds since 1970.
  @inline(__always)
  private func time(of row: ConsumedRow) -> Int64 {
    guard let time = row.timestamp else { return 0 }
    return min(time, pace.batchTime + Self.aheadMilliseconds)
  }

  /// Hands one copy over, whose answer is expected already. Waits for room; a refusal is noted.
  @inline(never)
  func sendCopy(_ row: ConsumedRow, to topic: OutputProducers.Handle, partition: Int32, output: Int32) {
    let handover = producers.handOver(waitForRoom: makeRoom) {
      producers.produce(
        row.payload, key: writeKey(of: row), timestamp: time(of: row), tag: row.tag, to: topic, partition: partition)
    }
    switch handover {
    case .queued: break
    case .noRoom: break  // The copy stays unanswered: the row will be consumed again.
    case .rejected(let code): noteFailure(row, code, topic: topics[output].name, partition: partition)
    }
  }

  /// Keeps a copy that a producer did not take until it is known what becomes of it.
  func noteFailure(
    _ row: ConsumedRow, _ code: KafkaErrorCode, topic: String, partition: Int32
  ) {
    let key = writeKey(of: row)
    parked.fail(
      FailedCopy(
        tag: row.tag, code: code, topic: topic, partition: partition, payload: Array(row.payload), key: Array(key),
        timestamp: time(of: row), wasSent: false))
  }

  /// Sends a row to the dead letters.
  func refuse(_ row: ConsumedRow, _ refusal: Refusal) {
    let bytes = row.payload
    let key = writeKey(of: row)
    deadLetter(bytes, key: Array(key), timestamp: time(of: row), refusal, row.tag, redriven: row.wait?.letter)
  }

  /// Sends bytes to the dead letters, unless the row is there already.
  ///
  /// - Parameter letter: the dead letter that the row was before an operator resent it.
  func deadLetter(
    _ payload: UnsafeRawBufferPointer, key: [UInt8], timestamp: Int64, _ refusal: Refusal, _ tag: DeliveryTracker.Tag,
    redriven letter: LetterPlace? = nil
  ) {
    guard tracker.deadLetter(tag, refusal.reason, bytes: payload.count) else { return }
    var tag = tag
    tag.copy = .deadLetter
    tracker.expect(1, batch: tag.batch)
    reportDeadLetter(refusal, key)
    let headers =
      [MessageHeader(DeadLetterReason.header, refusal.reason.rawValue), MessageHeader("detail", refusal.detail)]
      + OwnerWait.timeHeaders(timestamp) + (letter.map { [$0.header] } ?? [])
    let message = DeadLetter(payload, key: key, timestamp: timestamp, headers: headers, tag)
    send(isTooLargeForDeadLetters(key) ? message.withoutRow() ?? message : message)
  }

  /// Whether an aborted transaction has shown that the dead-letter topic does not take this row.
  private func isTooLargeForDeadLetters(_ key: [UInt8]) -> Bool {
    guard !refusedRows.isEmpty, let origin = ProvenanceKey.origin(of: key) else { return false }
    return refusedRows[origin.partition, origin.offset]?[.deadLetter] != nil
  }

  /// Stores a row that waits for the owner of its job.
  func postpone(_ row: ConsumedRow) {
    if let detail = refused(row)?[.waiting] {
      refuse(row, Refusal(.unknownJob, "the row is too large to wait in \"\(plan.names.waiting)\": \(detail)"))
      return
    }
    var tag = row.tag
    tag.copy = .waiting
    tracker.setAside(tag, .postponed, bytes: row.payload.count)
    tracker.expect(1, batch: tag.batch)
    let letter = DeadLetter(
      row.payload, key: Array(writeKey(of: row)), timestamp: 0,
      headers: OwnerWait.headers(now: WallClock.milliseconds(), timestamp: row.timestamp), tag)
    switch producers.send(letter, waitingForOwnerOf: remark.postponedJob, waitForRoom: makeRoom) {
    case .queued, .noRoom: break
    case .rejected(let code):
      noteFailure(row.copy(.waiting), code, topic: plan.names.waiting, partition: 0)
    }
  }

  /// What an aborted transaction has shown of a row.
  func refused(_ row: ConsumedRow) -> RefusedRows.Row? {
    guard !refusedRows.isEmpty else { return nil }
    let place = row.wait?.origin
    return refusedRows[place?.partition ?? assignment.slots[row.slot].partition, place?.offset ?? row.offset]
  }

  /// Hands a dead letter over, whose answer is expected already.
  func send(_ letter: DeadLetter) {
    switch producers.send(letter, waitForRoom: makeRoom) {
    case .queued, .noRoom: break
    case .rejected(let code):
      deadLetterFailed(KafkaError(code, operation: "send a dead letter to \"\(plan.names.deadLetters)\""))
    }
  }

  /// Waits until a producer's queue has room: serves acknowledgements, and keeps the place in the group meanwhile.
  ///
  /// - Returns: false when the wait has to end without room; the row stays unanswered, and will be consumed again.
  func makeRoom() -> Bool {
    let depth = phase.enter(.waitingForRoom)
    defer { phase.leave(depth) }
    let now = MonotonicClock.milliseconds()
    if let deadline = phase.deadline, now >= deadline {
      switch delivery.outOfRoom(isRevoking: phase.isRevoking) {
      case .replay: phase.replay(KafkaError(.timedOut, operation: "send what is under way"))
      case .rebuild:
        let what = "send what is under way before partitions are given back"
        phase.end(.rebuild(KafkaError(.timedOut, operation: what)))
      case .leave: break
      }
      return false
    }
    pollProducers(timeoutMilliseconds: 50)
    status.beat()
    guard !phase.isInterrupted else { return false }
    if stop.isRequested { phase.stop(now: now) }
    keepMembershipIfDue()
    askForTopicsIfStalled()
    return !phase.isInterrupted
  }

  /// Keeps the place in the group where a wait lasts longer.
  func keepMembershipIfDue() {
    guard phase.mayPollGroup, pace.isMembershipDue(now: MonotonicClock.milliseconds()) else { return }
    pause()
    keepMembership()
  }

  /// Polls the consumer for its group's sake only. A row that comes all the same is set aside: it was consumed, and
  /// the offsets behind it may be committed only after it.
  func keepMembership() {
    pace.keepMembership(now: MonotonicClock.milliseconds())
    do {
      if let message = try consumer.poll(timeoutMilliseconds: 0) { unrouted.stash(HeldMessage(message).entry) }
    } catch {
      consumerFailed(error)
    }
  }

  /// Stops fetching from all partitions, until `resume`.
  func pause() {
    guard assignment.paused.isEmpty else { return }
    do {
      let partitions = try consumer.assignment().filter { !isHeldBack($0) }
      guard !partitions.isEmpty else { return }
      try consumer.pause(partitions)
      assignment.pause(partitions)
    } catch {
      if isDue("pause") { log.warning("could not pause; setting rows aside instead", [.error: error.description]) }
    }
  }

  /// Goes on where `pause` stopped. Only where it did: librdkafka before 2.4.0 takes a partition that was not paused
  /// back to where it began.
  func resume() {
    let partitions = assignment.takePaused()
    guard !partitions.isEmpty else { return }
    do {
      try consumer.resume(partitions)
    } catch {
      phase.end(.rebuild(error))
    }
  }

  private func reportDeadLetter(_ refusal: Refusal, _ key: [UInt8]) {
    guard isDue("dead letter \(refusal.reason.rawValue)") else { return }
    log.warning(
      "dead letter",
      [.reason: refusal.reason.rawValue, .row: String(decoding: key, as: UTF8.self), .detail: refusal.detail])
  }

  /// Whether something may be logged again: once a minute.
  func isDue(_ what: String) -> Bool { throttle.isDue(what, now: MonotonicClock.milliseconds()) }
}
