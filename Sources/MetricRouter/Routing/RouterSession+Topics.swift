internal import Kafka

/// Topics that come to be, rows that wait for them, and routes that follow.
extension RouterSession {
  func addOutput(_ topic: NewTopic, isJob: Bool = false) -> Int32 {
    let position = outputs.add(topic, isJob: isJob)
    if Int(position) == routesOfOutput.count { routesOfOutput.append([]) }
    return position
  }

  /// Sends a row as far as its topics allow: waits while one of them is being made, and dead-letters the copy whose
  /// topic is refused.
  func sendOrWait(_ row: ConsumedRow, route index: Int32, slot: Int, tag: DeliveryTracker.Tag) {
    let route = routes[Int(index)]
    for output in [route.userOutput, route.jobOutput] where output >= 0 {
      if let request = outputs.need(output, now: MonotonicClock.milliseconds()) {
        maker.request(request)
        refresh(routesOf: output)
      }
    }
    if isMaking(route.userOutput) || isMaking(route.jobOutput) {
      tracker.expect(1, batch: tag.batch)
      waiting.append(
        WaitingRow(
          payload: Array(row.payload), offset: row.offset, timestamp: row.timestamp, slot: slot, tag: tag, route: index)
      )
      waitingBytes += row.payload.count
    } else {
      sendDecided(row, route: index, slot: slot, tag: tag)
    }
  }

  func isReady(_ output: Int32) -> Bool {
    if case .ready = outputs[output].state { true } else { false }
  }

  private func isMaking(_ output: Int32) -> Bool {
    guard output >= 0, case .making = outputs[output].state else { return false }
    return true
  }

  /// Sends a row neither of whose topics is being made.
  private func sendDecided(_ row: ConsumedRow, route index: Int32, slot: Int, tag: DeliveryTracker.Tag) {
    let route = routes[Int(index)]
    let refused = refusedRows.isEmpty ? nil : refusedRows[partitions[slot], row.offset]
    if route.userTopic != nil, refused == nil {
      send(row, route: index, slot: slot, tag: tag)
      return
    }
    routes[Int(index)].rows += 1
    routes[Int(index)].bytes += UInt64(row.payload.count)
    if route.jobOutput < 0 { tracker.noteWithoutJobTopic(batch: tag.batch) }
    for copy in [DeliveryTracker.Tag.Copy.user, .job] where copy == .user || route.jobOutput >= 0 {
      // The first one's dead letter may have been told that the transaction has failed; then no topic's state is known.
      guard !isInterrupted else { return }
      let output = copy == .user ? route.userOutput : route.jobOutput
      var tag = tag
      tag.copy = copy
      if let detail = refused?[copy] {
        refuse(row, Refusal(.topicRefused, detail), slot, tag)
        continue
      }
      switch outputs[output].state {
      case .refused(let error, _):
        refuse(row, Refusal(.topicRefused, Self.detail(outputs[output].name, error)), slot, tag)
      case .ready(let partitions):
        sendOne(row, route: index, copy, partitions: partitions, slot: slot, tag: tag)
      case .unknown, .making:
        preconditionFailure("a row is sent only when both of its topics are ready or refused")
      }
    }
  }

  /// Sends the one copy of a row whose other topic is refused.
  private func sendOne(
    _ row: ConsumedRow, route index: Int32, _ copy: DeliveryTracker.Tag.Copy, partitions: Int32, slot: Int,
    tag: DeliveryTracker.Tag
  ) {
    let route = routes[Int(index)]
    let output = copy == .user ? route.userOutput : route.jobOutput
    let producer = producer(of: output)
    let partition = partition(of: index, partitions)
    tracker.expect(1, batch: tag.batch)
    do {
      let topic = try producers[Int(producer)].topic(named: outputs[output].name)
      sendCopy(row, to: topic, of: producer, partition: partition, output: output, slot: slot, tag: tag)
    } catch {
      noteFailure(
        row, error.code, topic: outputs[output].name, partition: partition, slot: slot, tag: tag)
    }
  }

  /// The answers of the topic maker: rows that waited go on.
  func serveTopicMaker() {
    let answers = maker.takeAnswers()
    guard !answers.isEmpty else { return }
    for answer in answers {
      askedAgain.remove(answer.topic)
      if answer.topic == plan.names.deadLetters, case .failure(let error) = answer.result { deadLetterFailed(error) }
      let wasReady = outputs.position(of: answer.topic).map(isReady) ?? false
      guard let position = outputs.answered(answer.topic, answer.result, now: MonotonicClock.milliseconds()) else {
        continue
      }
      switch answer.result {
      case .success(let partitions):
        log.debug("topic ready", [.topic: answer.topic, .partitions: String(partitions)])
      case .failure(let error):
        log.error("topic refused; its rows go to the dead letters", [.topic: answer.topic, .error: error.description])
        // Copies for it are in the transaction, and will not arrive.
        if isTransactionOpen, wasReady { mustReplay(error) }
      }
      refresh(routesOf: position)
    }
    releaseWaiting()
  }

  /// Sends the rows and copies whose topics are decided, in the order in which they came.
  private func releaseWaiting() {
    // Making room below may end up here again; the rows would overtake each other.
    guard !isReleasing else {
      mustReleaseAgain = true
      return
    }
    isReleasing = true
    defer { isReleasing = false }
    repeat {
      mustReleaseAgain = false
      let copies = lateCopies
      let rows = waiting
      lateCopies = []
      waiting = []
      waitingBytes = 0
      now = Timestamp.milliseconds()
      for copy in copies where !isInterrupted { release(copy) }
      for row in rows where !isInterrupted { release(row) }
    } while mustReleaseAgain && !isInterrupted
  }

  private func release(_ row: WaitingRow) {
    let route = routes[Int(row.route)]
    guard !isMaking(route.userOutput), !isMaking(route.jobOutput) else {
      waiting.append(row)
      waitingBytes += row.payload.count
      return
    }
    row.payload.withUnsafeBytes { payload in
      let lent = ConsumedRow(payload: payload, offset: row.offset, timestamp: row.timestamp)
      sendOrWait(lent, route: row.route, slot: row.slot, tag: row.tag)
    }
    tracker.answered(batch: row.tag.batch)
  }

  func refresh(routesOf output: Int32) {
    for route in routesOfOutput[Int(output)] { refresh(route) }
  }

  /// Sets a route's handles: all, when all of its topics are ready, else none.
  func refresh(_ index: Int32) {
    var route = routes[Int(index)]
    defer { routes[Int(index)] = route }
    route.userTopic = nil
    route.jobTopic = nil
    guard case .ready(let userPartitions) = outputs[route.userOutput].state else { return }
    do {
      if route.jobOutput >= 0 {
        guard case .ready(let jobPartitions) = outputs[route.jobOutput].state else { return }
        route.jobProducer = producer(of: route.jobOutput)
        route.jobPartition = partition(of: index, jobPartitions)
        route.jobTopic = try producers[Int(route.jobProducer)].topic(named: outputs[route.jobOutput].name)
      }
      route.userProducer = producer(of: route.userOutput)
      route.userPartition = partition(of: index, userPartitions)
      route.userTopic = try producers[Int(route.userProducer)].topic(named: outputs[route.userOutput].name)
    } catch {
      end = end ?? .rebuild(error)
    }
  }

  /// Topics are spread over the producers by their position, which is as good as a hash and even.
  func producer(of output: Int32) -> Int32 {
    output % Int32(producers.count)
  }

  /// One node's rows go to one partition, so that they stay in order.
  private func partition(of route: Int32, _ partitions: Int32) -> Int32 {
    identities[Int(route)].node.bytes.withUnsafeBytes { Partitioner.murmur2($0, partitionCount: partitions) }
  }
}
