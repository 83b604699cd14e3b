public import Kafka
public import Runtime

/// Asks the brokers every two seconds whether they are there and whether the input topics can be read.
///
/// The router's consumer tells too little of that: librdkafka reports a topic that may not be read once, never that it
/// can be read again, and says nothing of brokers that keep their connections but no longer answer. The watch has a
/// thread and a client of its own and asks for metadata only, so it neither holds up rows nor reads any.
public final class InputWatch {
  private let settings: RouterSettings
  private let status: RouterStatus
  private let log: Log
  private let stop: StopSignal
  private let observer: LastFailure
  private let topics: [String]
  private var client: AdminClient?
  /// The embedded broker makes topics that are merely asked for.
  private var isEmbedded: Bool?
  /// The topic to ask for next.
  private var next = 0
  private var health: InputHealth

  private static let intervalMilliseconds: Int64 = 2000
  private static let answerMilliseconds: Int32 = 1500
  /// How many topics are asked for at a time: a site may list hundreds.
  private static let topicLimit = 20

  /// Starts the thread. It ends when the router is told to stop.
  ///
  /// - Parameter status: gets what is found out.
  public static func start(_ settings: RouterSettings, status: RouterStatus, log: Log, stop: StopSignal) {
    Thread.start { InputWatch(settings, status, log, stop).run() }
  }

  private init(_ settings: RouterSettings, _ status: RouterStatus, _ log: Log, _ stop: StopSignal) {
    self.settings = settings
    self.status = status
    self.log = log
    self.stop = stop
    observer = LastFailure(log)
    topics = settings.inputs.filter { !TopicPattern($0).isExpression }
    health = InputHealth(now: MonotonicClock.milliseconds())
  }

  private func run() {
    var due = MonotonicClock.milliseconds()
    status.publish(health)
    while !stop.isRequested {
      guard MonotonicClock.milliseconds() >= due else {
        Thread.sleep(milliseconds: 50)
        continue
      }
      due = MonotonicClock.milliseconds() + Self.intervalMilliseconds
      let before = health
      do throws(KafkaError) {
        try look()
        observer.forget()
      } catch {
        health.failed(observer.reason ?? error.reason)
      }
      if health != before { status.publish(health) }
      logRecovery(from: before)
    }
  }

  private func look() throws(KafkaError) {
    let client = try connectedClient()
    guard isEmbedded == false, !topics.isEmpty else {
      try client.refreshController(timeoutMilliseconds: Self.answerMilliseconds)
      return health.answered(now: MonotonicClock.milliseconds())
    }
    for _ in 0..<min(topics.count, Self.topicLimit) where !stop.isRequested {
      let topic = topics[next % topics.count]
      let trouble = try client.inputTrouble(of: topic, timeoutMilliseconds: Self.answerMilliseconds)
      health.heard(trouble, of: topic, now: MonotonicClock.milliseconds())
      next = (next + 1) % topics.count
    }
  }

  private func connectedClient() throws(KafkaError) -> AdminClient {
    let client: AdminClient
    if let known = self.client {
      client = known
    } else {
      client = try AdminClient(properties: settings.administration, observer: observer)
      self.client = client
    }
    if isEmbedded == nil { isEmbedded = try client.isEmbeddedBroker(timeoutMilliseconds: Self.answerMilliseconds) }
    return client
  }

  /// The consumer logs what it cannot read; nothing but this says that it can again.
  private func logRecovery(from before: InputHealth) {
    let recovered = before.troubles.keys.filter { health.troubles[$0] == nil }
    guard !recovered.isEmpty else { return }
    log.info("input topics can be read now", [.topic: recovered.sorted().joined(separator: ",")])
  }
}

extension AdminClient {
  /// Which of these inputs cannot be read, and why. Regular expressions are passed over.
  ///
  /// - Throws: where no broker answered.
  public func inputTroubles(
    of inputs: [String], timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [String: InputTrouble] {
    var troubles: [String: InputTrouble] = [:]
    for input in inputs where !TopicPattern(input).isExpression {
      troubles[input] = try inputTrouble(of: input, timeoutMilliseconds: timeoutMilliseconds)
    }
    return troubles
  }

  /// Why a topic cannot be read, as far as its metadata say so; `nil` where it can.
  ///
  /// Brokers show metadata to whoever has DESCRIBE permission, which READ includes: where that alone is missing, only
  /// fetching tells.
  ///
  /// - Throws: where no broker answered.
  public func inputTrouble(of topic: String, timeoutMilliseconds: Int32) throws(KafkaError) -> InputTrouble? {
    do throws(KafkaError) {
      guard let description = try describeTopic(topic, timeoutMilliseconds: timeoutMilliseconds) else {
        return .missing
      }
      return description.leaderlessPartitions.isEmpty ? nil : .leaderless
    } catch {
      switch error.code {
      case .topicAuthorizationFailed: return .refused
      // While the first leaders are being elected.
      case .leaderNotAvailable: return .leaderless
      case .authentication, .saslAuthenticationFailed: throw error
      // Anything else that waiting does not mend is an answer.
      default:
        if error.remedy == .retry { throw error }
        return .refused
      }
    }
  }
}
