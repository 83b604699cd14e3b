internal import Kafka
internal import Logging
internal import Naming
internal import Runtime
internal import Topics

/// Topics that are deleted while rows are on their way to them: they are made again, and the copies are sent again.
///
/// For about a second after that, the producer still takes the topic for missing.
extension RouterSession {
  /// Keeps a copy whose topic has gone until the topic is there again.
  ///
  /// - Returns: false where it has been missing for too long.
  func waitForMissingTopic(_ copy: FailedCopy, _ output: Int32) -> Bool {
    switch topics[output].state {
    case .refused, .postponed: return false
    case .unknown, .making, .ready: break
    }
    let now = MonotonicClock.milliseconds()
    guard parked.mayWait(forMissing: output, now: now) else { return false }
    perform(topics.missing(output, now: now))
    parked.add(copy, for: output)
    return true
  }

  /// Sends a copy whose topic was asked for again, if that is decided.
  func release(_ copy: FailedCopy) {
    guard let output = topics.outputs.position(of: copy.topic) else { return }
    switch topics[output].state {
    case .ready(let partitions):
      do {
        let topic = try producers.handle(of: topics[output])
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

  /// Asks for the topics of a transaction in which nothing comes back: one that has gone is made again.
  func askForTopicsIfStalled() {
    guard delivery.isOpen else { return }
    let now = MonotonicClock.milliseconds()
    guard delivery.stall.isStalled(unanswered: producers.unansweredCount, now: now) else { return }
    let requests =
      routes.outputsOfTransaction.filter(topics.isReady).map { topics[$0].request }
      + [settings.templates.deadLetter.topic(named: plan.names.deadLetters)]
    delivery.stall.ask(requests.map(\.name))
    for request in requests { maker.request(request) }
    if isDue("stalled") {
      log.info("no delivery reports in a transaction; checking its topics", [.count: String(requests.count)])
    }
  }
}
