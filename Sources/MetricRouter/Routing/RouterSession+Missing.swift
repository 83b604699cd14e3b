internal import Kafka
internal import Runtime

/// Topics that are deleted while rows are on their way to them: they are made again, and the copies are sent again.
///
/// For about a second after that, the producer still takes the topic for missing.
extension RouterSession {
  /// Keeps a copy whose topic has gone until the topic is there again.
  ///
  /// - Returns: false where it has been missing for too long.
  func waitForMissingTopic(_ copy: FailedCopy, _ output: Int32) -> Bool {
    switch outputs[output].state {
    case .refused, .postponed: return false
    case .unknown, .making, .ready: break
    }
    let now = MonotonicClock.milliseconds()
    guard parked.mayWait(forMissing: output, now: now) else { return false }
    outputs.forget(output)
    if let request = outputs.need(output, now: now), !closed.names.contains(request.name) {
      // It may also be so new that not all brokers know it yet.
      if isDue("missing") { log.warning("topic is missing; creating it again", [.topic: copy.topic]) }
      maker.request(request, afterMilliseconds: Self.askAgainMilliseconds)
      refresh(routesOf: output)
    }
    parked.add(copy, for: output)
    return true
  }

  /// Sends a copy whose topic was asked for again, if that is decided.
  func release(_ copy: FailedCopy) {
    guard let output = outputs.position(of: copy.topic) else { return }
    switch outputs[output].state {
    case .ready(let partitions):
      do {
        let topic = try producers.handle(of: output, named: copy.topic)
        // It may have other partitions than before.
        send(copy, to: topic, partition: copy.partition % partitions)
      } catch {
        fail(copy, error.code)
      }
    case .refused(let error, _):
      giveUp(copy, error)
    case .making:
      parked.add(copy, for: output)
    case .postponed(let why, _):
      giveUp(copy, why)
    case .unknown:
      fail(copy, copy.code)
    }
  }

  private func send(_ copy: FailedCopy, to topic: OutputProducers.Handle, partition: Int32) {
    let handover = producers.handOver(waitForRoom: makeRoom) {
      copy.payload.withUnsafeBytes { payload in
        copy.key.withUnsafeBytes { key in
          producers.produce(
            payload, key: key, timestamp: copy.timestamp, tag: copy.tag, to: topic, partition: partition)
        }
      }
    }
    switch handover {
    case .queued, .noRoom: break
    case .rejected(let code): fail(copy, code)
    }
  }

  private func fail(_ copy: FailedCopy, _ code: KafkaErrorCode) {
    var copy = copy
    copy.code = code
    parked.fail(copy)
  }

  /// Notices when nothing comes back in a transaction, and asks for its topics: one that has gone is made again.
  ///
  /// librdkafka does not tell of it. It has the coordinator add the partition to the transaction every half second, for
  /// as long as the transaction lives, and holds back the copies for all of its topics meanwhile.
  func askForTopicsIfStalled() {
    guard delivery.isOpen else { return }
    let now = MonotonicClock.milliseconds()
    guard let last = stalled, last.answers == answers, producers.unansweredCount > 0 else {
      stalled = (answers, since: now)
      return
    }
    // Brokers that are away answer no question either: it is not asked a second time before all is answered.
    guard askedAgain.isEmpty, now - last.since >= Self.stalledMilliseconds else { return }
    stalled = nil
    let topics =
      routes.outputsOfTransaction.filter { isReady($0) }.map { outputs[$0].request }
      + [settings.deadLetterTopic.topic(named: plan.names.deadLetters)]
    askedAgain = Set(topics.map(\.name))
    for topic in topics { maker.request(topic) }
    if isDue("stalled") {
      log.info("no delivery reports in a transaction; checking its topics", [.count: String(topics.count)])
    }
  }
}
