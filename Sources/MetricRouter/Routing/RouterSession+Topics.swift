internal import Kafka
internal import Runtime

/// Topics that come to be, rows that wait for them, and routes that follow.
extension RouterSession {
  /// Sends a row as far as its topics allow: waits while one of them is being made, and dead-letters the copy whose
  /// topic is refused.
  func sendOrWait(_ row: ConsumedRow, route index: Int32) {
    let route = routes[index]
    for output in [route.userOutput, route.jobOutput] where output >= 0 { ask(for: output) }
    let awaited = isMaking(route.userOutput) ? route.userOutput : isMaking(route.jobOutput) ? route.jobOutput : -1
    guard awaited >= 0 else {
      sendDecided(row, route: index)
      return
    }
    // A topic that is about to be deleted is not one of too many: its rows wait for a moment.
    if parked.isOverflowing, !closed.names.contains(outputs[awaited].name) {
      let why = "\(parked.count) rows wait for new topics; topic \"\(outputs[awaited].name)\" is being created"
      refuse(row, Refusal(.tooManyNewNames, why))
      return
    }
    tracker.expect(1, batch: row.tag.batch)
    parked.add(WaitingRow(row, route: index), for: awaited)
  }

  /// Sees to it that a topic can be written for which there is a row: has it made, or a producer told of it.
  private func ask(for output: Int32) {
    let now = MonotonicClock.milliseconds()
    if case .ready(let partitions) = outputs[output].state, !outputs[output].isOpened {
      outputs.waitForOpening(output)
      opening.add(output, partitions: partitions, producer: producers.producer(of: output), now: now)
      return
    }
    // One that is closed is asked for when it is reopened.
    guard let request = outputs.need(output, now: now), !closed.names.contains(request.name) else { return }
    admit(output, request, now: now)
    refresh(routesOf: output)
  }

  /// Has a topic made, if it may be.
  private func admit(_ output: Int32, _ request: NewTopic, now: Int64) {
    let topic = outputs[output]
    switch admission.decide(topic.name, isJob: topic.isJob, user: topic.user, now: now) {
    case .make:
      maker.request(request)
    case .look:
      undecided.append(output)
      requestSurvey()
    case .postpone(let why):
      outputs.postpone(output, Refusal(.tooManyNewNames, "topic \"\(topic.name)\": \(why)"), now: now)
      parked.decide(output)
      if isDue("too many new names") { log.warning("too many new names", [.topic: topic.name, .reason: why]) }
    }
  }

  /// Has it looked which topics are there, unless that is known.
  func surveyIfStale() {
    if !admission.isFresh(now: MonotonicClock.milliseconds()) { requestSurvey() }
  }

  private func requestSurvey() {
    guard !isSurveyAsked else { return }
    isSurveyAsked = true
    maker.requestSurvey()
  }

  /// Takes note of which topics are there, and decides about those that had to wait for it.
  private func takeSurvey() {
    guard let survey = maker.takeSurvey() else { return }
    isSurveyAsked = false
    let now = MonotonicClock.milliseconds()
    if let topics = survey.topics {
      var waitsForSurvey = Set(undecided)
      var asked: [(topic: String, isJob: Bool)] = []
      for (position, topic) in outputs.topics.enumerated() where waitsForSurvey.remove(Int32(position)) == nil {
        if case .making = topic.state { asked.append((topic.name, topic.isJob)) }
      }
      admission.look(topics, asked: asked, now: now)
    } else {
      admission.cannotLook(now: now)
    }
    let held = undecided
    undecided = []
    for output in held {
      guard case .making = outputs[output].state else { continue }
      admit(output, outputs[output].request, now: now)
    }
    findJobTopics()
  }

  /// Jobs that seemed to have no topic because too many have one: some may be there all the same.
  private func findJobTopics() {
    for route in routes.limitedRoutes {
      let identity = routes.identity(route)
      guard case .success(let topics) = plan.topics(of: identity), admission.knows(topics.job) else { continue }
      _ = jobOutput(of: identity, named: topics.job)
    }
  }

  /// Opens topics whose metadata has been fetched, and has that of others fetched.
  private func openTopics() {
    let now = MonotonicClock.milliseconds()
    for answer in producers.takeFetched() {
      let outcome = opening.ended(for: answer.producer, known: answer.known, now: now)
      if !outcome.open.isEmpty { lastTopicProgress = now }
      for topic in outcome.open {
        guard !phase.isEnded else { return }
        open(topic)
      }
      for topic in outcome.lost { maker.request(outputs[topic.output].request) }
    }
    for producer in 0..<producers.count {
      let topics = opening.next(for: producer, now: now)
      guard !topics.isEmpty else { continue }
      producers.fetchMetadata(of: topics.map { outputs[$0.output].name }, forProducer: producer)
    }
  }

  private func open(_ topic: TopicOpening.Topic) {
    let name = outputs[topic.output].name
    do {
      _ = try producers.handle(of: topic.output, named: name)
    } catch {
      phase.end(.rebuild(error))
      return
    }
    outputs.setOpened(topic.output)
    // It may have been asked for again meanwhile.
    guard case .making = outputs[topic.output].state else { return }
    _ = outputs.answered(name, .success(topic.partitions), now: MonotonicClock.milliseconds())
    refresh(routesOf: topic.output)
    parked.decide(topic.output)
  }

  func isReady(_ output: Int32) -> Bool {
    if case .ready = outputs[output].state { true } else { false }
  }

  private func isMaking(_ output: Int32) -> Bool {
    guard output >= 0, case .making = outputs[output].state else { return false }
    return true
  }

  /// Sends a row neither of whose topics is being made.
  private func sendDecided(_ row: ConsumedRow, route index: Int32) {
    let route = routes[index]
    let refused = refusedRows.isEmpty ? nil : refusedRows[assignment.slots[row.slot].partition, row.offset]
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
      switch outputs[output].state {
      case .refused(let error, _):
        refuse(row, Refusal(.topicRefused, Self.detail(outputs[output].name, error)))
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
      let topic = try producers.handle(of: output, named: outputs[output].name)
      sendCopy(row, to: topic, partition: partition, output: output)
    } catch {
      noteFailure(row, error.code, topic: outputs[output].name, partition: partition)
    }
  }

  /// The answers of the topic maker: rows that waited go on.
  func serveTopicMaker() {
    serveClosing()
    takeSurvey()
    let answers = maker.takeAnswers()
    if !answers.isEmpty { lastTopicProgress = MonotonicClock.milliseconds() }
    for answer in answers {
      askedAgain.remove(answer.topic)
      // It is asked for again when it is reopened.
      guard !closed.names.contains(answer.topic) else { continue }
      if answer.topic == plan.names.deadLetters, case .failure(let error) = answer.result { deadLetterFailed(error) }
      if let refusal = answer.refusal {
        refuseUser(of: answer.topic, refusal)
        continue
      }
      if openLater(answer) { continue }
      let wasReady = outputs.position(of: answer.topic).map(isReady) ?? false
      guard let position = outputs.answered(answer.topic, answer.result, now: MonotonicClock.milliseconds()) else {
        continue
      }
      switch answer.result {
      case .success(let partitions):
        log.debug("topic ready", [.topic: answer.topic, .partitions: String(partitions)])
      case .failure(let error):
        admission.remove(answer.topic, isJob: outputs[position].isJob)
        log.error(
          "topic rejected; its rows go to the dead-letter topic", [.topic: answer.topic, .error: error.description])
        // Copies for it are in the transaction, and will not arrive.
        if delivery.isOpen, wasReady { phase.replay(error) }
      }
      refresh(routesOf: position)
      parked.decide(position)
    }
    openTopics()
    releaseDecided()
  }

  /// A topic is not made because its user may have none.
  private func refuseUser(of topic: String, _ refusal: Refusal) {
    guard let output = outputs.position(of: topic) else { return }
    admission.remove(topic, isJob: outputs[output].isJob)
    outputs.postpone(output, refusal, now: MonotonicClock.milliseconds())
    refresh(routesOf: output)
    parked.decide(output)
  }

  /// A topic is there of which no producer knows: it has to wait for its turn.
  private func openLater(_ answer: TopicMaker.Answer) -> Bool {
    guard case .success(let partitions) = answer.result, let output = outputs.position(of: answer.topic),
      !outputs[output].isOpened
    else { return false }
    log.debug("topic ready", [.topic: answer.topic, .partitions: String(partitions)])
    outputs.waitForOpening(output)
    opening.add(
      output, partitions: partitions, producer: producers.producer(of: output), now: MonotonicClock.milliseconds())
    return true
  }

  /// Sends the rows and copies whose topics are decided, those of one topic in the order in which they came.
  private func releaseDecided() {
    // Making room below may end up here again; the rows would overtake each other.
    guard parked.beginReleasing() else { return }
    defer { parked.endReleasing() }
    now = WallClock.milliseconds()
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

  func refresh(routesOf output: Int32) {
    for route in routes.routes(of: output) { refresh(route) }
  }

  /// Sets a route's handles: all, when all of its topics are ready, else none.
  func refresh(_ index: Int32) {
    var route = routes[index]
    defer { routes[index] = route }
    route.userTopic = nil
    route.jobTopic = nil
    guard case .ready(let userPartitions) = outputs[route.userOutput].state, outputs[route.userOutput].isOpened else {
      return
    }
    do {
      if route.jobOutput >= 0 {
        guard case .ready(let jobPartitions) = outputs[route.jobOutput].state, outputs[route.jobOutput].isOpened else {
          return
        }
        route.jobPartition = partition(of: index, jobPartitions)
        route.jobTopic = try producers.handle(of: route.jobOutput, named: outputs[route.jobOutput].name)
      }
      route.userPartition = partition(of: index, userPartitions)
      route.userTopic = try producers.handle(of: route.userOutput, named: outputs[route.userOutput].name)
    } catch {
      phase.end(.rebuild(error))
    }
  }

  /// One node's rows go to one partition, so that they stay in order.
  private func partition(of route: Int32, _ partitions: Int32) -> Int32 {
    routes.identity(route).node.bytes.withUnsafeBytes { Partitioner.murmur2($0, partitionCount: partitions) }
  }
}
