internal import Kafka
internal import Logging
internal import Naming
internal import Runtime

/// Topics that come to be, rows that wait for them, and routes that follow.
extension RouterSession {
  /// Sends a row as far as its topics allow: waits while one of them is being made, and dead-letters the copy whose
  /// topic is refused.
  func sendOrWait(_ row: ConsumedRow, route index: Int32) {
    let route = routes[index]
    for output in [route.userOutput, route.jobOutput] where output >= 0 {
      perform(topics.need(output, now: MonotonicClock.milliseconds()))
    }
    let awaited =
      topics.isMaking(route.userOutput) ? route.userOutput : topics.isMaking(route.jobOutput) ? route.jobOutput : -1
    guard awaited >= 0 else {
      sendDecided(row, route: index)
      return
    }
    // A topic that is about to be deleted is not one of too many: its rows wait for a moment.
    if parked.isOverflowing, !topics.isClosed(awaited) {
      let why = "\(parked.count) rows wait for new topics; topic \"\(topics[awaited].name)\" is being created"
      refuse(row, Refusal(.tooManyNewNames, why))
      return
    }
    tracker.expect(1, batch: row.tag.batch)
    parked.add(WaitingRow(row, route: index), for: awaited)
  }

  /// Sends a row neither of whose topics is being made.
  private func sendDecided(_ row: ConsumedRow, route index: Int32) {
    let route = routes[index]
    let refused = refused(row)
    if route.userTopic != nil, refused == nil {
      send(row, route: index)
      return
    }
    routes.count(row.payload.count, along: index)
    if route.jobOutput < 0 { tracker.noteWithoutJobTopic(batch: row.tag.batch) }
    for copy in [DeliveryTracker.Tag.Copy.user, .job] where copy == .user || route.jobOutput >= 0 {
      // The first one's dead letter may have been told that the transaction has failed; then no topic's state is known.
      guard !phase.isInterrupted else { return }
      let output = copy == .user ? route.userOutput : route.jobOutput
      let row = row.copy(copy)
      if let detail = refused?[copy] {
        refuse(row, Refusal(.topicRefused, detail))
        continue
      }
      switch topics[output].state {
      case .refused(let error, _):
        refuse(row, Refusal(.topicRefused, Self.detail(topics[output].name, error)))
      case .postponed(let refusal, _):
        refuse(row, refusal)
      case .ready(let partitions):
        sendOne(row, route: index, partitions: partitions)
      case .unknown, .making:
        preconditionFailure("a row is sent only when both of its topics are ready or refused")
      }
    }
  }

  /// Sends the one copy of a row whose other topic is refused.
  private func sendOne(
    _ row: ConsumedRow, route index: Int32, partitions: Int32
  ) {
    let route = routes[index]
    let output = row.tag.copy == .user ? route.userOutput : route.jobOutput
    let partition = partition(of: index, partitions)
    tracker.expect(1, batch: row.tag.batch)
    do {
      let topic = try producers.handle(of: topics[output])
      sendCopy(row, to: topic, partition: partition, output: output)
    } catch {
      noteFailure(row, error.code, topic: topics[output].name, partition: partition)
    }
  }

  /// Does what `TopicPreparation` asks for.
  func perform(_ actions: [TopicPreparation.Action]) {
    for action in actions {
      switch action {
      case .create(let request, let milliseconds, let wasSurveyed):
        maker.request(request, afterMilliseconds: milliseconds, wasSurveyed: wasSurveyed)
      case .survey: maker.requestSurvey()
      case .open(let topic): open(topic)
      case .refresh(let output): for route in routes.routes(of: output) { refresh(route) }
      case .release(let output): parked.decide(output)
      case .noteReady(let output, let partitions):
        log.debug("topic ready", [.topic: topics[output].name, .partitions: String(partitions)])
      case .noteRefused(let output, let error, let wasReady):
        log.error(
          "topic rejected; its rows go to the dead-letter topic",
          [.topic: topics[output].name, .error: error.description])
        // Copies for it are in the transaction, and will not arrive.
        if wasReady, delivery.isOpen { phase.replay(error) }
      case .notePostponed(let output, let why):
        guard isDue("too many new names") else { break }
        log.warning("too many new names", [.topic: topics[output].name, .reason: why])
      case .noteMissing(let output):
        guard isDue("missing") else { break }
        log.warning("topic is missing; creating it again", [.topic: topics[output].name])
      }
    }
  }

  private func open(_ topic: TopicOpening.Topic) {
    guard !phase.isEnded else { return }
    do {
      _ = try producers.handle(of: topics[topic.output])
    } catch {
      phase.end(.rebuild(error))
      return
    }
    perform(topics.opened(topic, now: MonotonicClock.milliseconds()))
  }

  /// What has become known about topics: rows that waited go on.
  func serveTopicMaker() {
    serveClosing()
    takeSurvey()
    let answers = maker.takeAnswers()
    // Topics are given to producers: how long rows wait in those that are opened now depends on what waits to be consumed now.
    if !answers.isEmpty { lookAtBacklog() }
    for answer in answers {
      delivery.stall.answered(answer.topic)
      if answer.topic == plan.names.deadLetters, case .failure(let error) = answer.result { deadLetterFailed(error) }
      perform(topics.answered(answer, now: MonotonicClock.milliseconds()))
    }
    serveFetches()
    releaseDecided()
  }

  private func takeSurvey() {
    guard let survey = maker.takeSurvey() else { return }
    perform(topics.surveyed(survey.topics, now: MonotonicClock.milliseconds()))
    // Jobs that seemed to have no topic because too many have one: some may be there all the same.
    for route in routes.limitedRoutes {
      let identity = routes.identity(route)
      guard case .success(let names) = plan.topics(of: identity), topics.knows(names.job) else { continue }
      _ = jobOutput(of: identity, named: names.job)
    }
  }

  /// Opens topics whose metadata has been fetched, and has that of others fetched.
  private func serveFetches() {
    let now = MonotonicClock.milliseconds()
    for answer in producers.takeFetched() {
      perform(topics.fetched(forProducer: answer.producer, known: answer.known, now: now))
    }
    for producer in 0..<topics.pool.count {
      let names = topics.nextFetch(forProducer: producer, now: now)
      guard !names.isEmpty else { continue }
      do {
        try producers.open(Int32(producer), lingerMilliseconds: topics.pool.lingerMilliseconds(of: Int32(producer)))
      } catch {
        phase.end(.rebuild(error))
        return
      }
      producers.fetchMetadata(of: names, forProducer: producer)
    }
  }

  /// Sends the rows and copies whose topics are decided, those of one topic in the order in which they came.
  private func releaseDecided() {
    // Making room below may end up here again; the rows would overtake each other.
    guard parked.beginReleasing() else { return }
    defer { parked.endReleasing() }
    pace.batchTime = WallClock.milliseconds()
    while !phase.isInterrupted, let released = parked.takeReleased() {
      for copy in released.copies where !phase.isInterrupted { release(copy) }
      for row in released.rows where !phase.isInterrupted { release(row) }
    }
  }

  /// Sends a row, or lets it wait for its other topic.
  private func release(_ row: WaitingRow) {
    row.payload.withUnsafeBytes { payload in
      sendOrWait(ConsumedRow(row, payload: payload), route: row.route)
    }
    tracker.answered(batch: row.tag.batch)
  }

  /// Sets a route's handles: all, when all of its topics are ready, else none.
  func refresh(_ index: Int32) {
    var route = routes[index]
    defer { routes[index] = route }
    route.userTopic = nil
    route.jobTopic = nil
    guard case .ready(let userPartitions) = topics[route.userOutput].state, topics[route.userOutput].isOpened else {
      return
    }
    do {
      if route.jobOutput >= 0 {
        guard case .ready(let jobPartitions) = topics[route.jobOutput].state, topics[route.jobOutput].isOpened else {
          return
        }
        route.jobPartition = partition(of: index, jobPartitions)
        route.jobTopic = try producers.handle(of: topics[route.jobOutput])
      }
      route.userPartition = partition(of: index, userPartitions)
      route.userTopic = try producers.handle(of: topics[route.userOutput])
    } catch {
      phase.end(.rebuild(error))
    }
  }

  /// The partition of a node's rows: always the same one, so that they stay in order.
  private func partition(of route: Int32, _ partitions: Int32) -> Int32 {
    routes.identity(route).node.bytes.withUnsafeBytes { Partitioner.murmur2($0, partitionCount: partitions) }
  }
}
