internal import Kafka
internal import MetricRouter
internal import Naming
internal import Reading

extension Redriver {
  /// What came of sending.
  public struct Sending: Sendable {
    /// What was found, with what of it has been sent.
    public var report: RedriveReport
    /// Why not everything was sent; `nil` where nothing stood in the way.
    public var failure: RedriveError?
  }

  /// Sends the rows that a survey has found, and waits until brokers have stored them.
  ///
  /// It does not throw: what has been sent is always told. A second run sends the rest.
  ///
  /// - Parameter progress: hears how far it is, some times a second; false stops it.
  public func send(
    _ survey: RedriveSurvey, progress: (RedriveProgress) -> Bool = { _ in true }
  ) -> Sending {
    var survey = survey
    var isStopped = false
    func shouldContinue(_ step: RedriveProgress) -> Bool {
      if !isStopped { isStopped = !progress(step) }
      return !isStopped
    }
    let sender: LetterSender
    do throws(RedriveError) {
      // A question may have stood for long, and somebody else have sent them meanwhile.
      try readSent(&survey, shouldContinue)
      sender = try RedriveError.asking { () throws(KafkaError) in
        try LetterSender(
          settings.producer, topic: settings.plan.names.waiting, partitionCount: survey.waitingPartitionCount,
          observer: brokers.observer, timeoutMilliseconds: brokers.timeoutMilliseconds)
      }
    } catch {
      return Sending(report: survey.report, failure: error)
    }
    var step = RedriveProgress(phase: .sending, done: 0, total: 1)
    var failure = sendLetters(survey, sender, &step, shouldContinue)
    sender.finish { shouldContinue(step) }
    // What the producer says goes first: the reading only ended because of it.
    if let error = sender.outcome.failure { failure = .kafka(error) }
    if failure == nil, isStopped { failure = .stopped }
    return Sending(report: survey.ledger.report(sender.outcome), failure: failure)
  }

  /// Hands over the rows of a survey.
  ///
  /// - Parameter step: how far it is.
  private func sendLetters(
    _ survey: RedriveSurvey, _ sender: LetterSender, _ step: inout RedriveProgress,
    _ shouldContinue: (RedriveProgress) -> Bool
  ) -> RedriveError? {
    var reached = step
    defer { step = reached }
    do throws(RedriveError) {
      try readLetters(
        survey, .sending,
        { now in
          sender.takeAnswers()
          reached = now
          return shouldContinue(now)
        },
        take: { verdict, letter in
          guard case .send(let group) = verdict, let key = letter.key,
            let position = survey.ledger.knownPosition(of: group)
          else { return sender.outcome.failure == nil }
          let place = LetterPlace(partition: letter.partition, offset: letter.offset)
          // Dead letters of earlier versions do not say the time of their rows: they were stored soon after those.
          let timestamp = OwnerWait.time(in: letter.headers) ?? letter.timestamp
          return sender.send(
            letter.payload, key: key, headers: OwnerWait.headers(redriving: place, timestamp: timestamp),
            group: position, shouldContinue: { shouldContinue(reached) })
        })
      return nil
    } catch {
      return error
    }
  }
}
