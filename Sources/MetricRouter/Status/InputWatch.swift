public import Kafka
public import Logging
internal import Naming
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
  /// Whether the broker is the embedded one, which creates topics that are merely described.
  private var isEmbedded: Bool?
  /// The topic to ask for next.
  private var next = 0
  private var health: InputHealth
  /// The partitions of each input topic that can be read; those that a pattern stands for are found by `lookAtPatterns`.
  private var partitionCounts: [String: Int32] = [:]
  private var unread: UnreadPartitions
  private var nextGroupLook: Int64
  private var nextPatternLook: Int64 = .min

  private static let groupIntervalMilliseconds: Int64 = 5000
  /// How often regular expressions are checked, in milliseconds: that requests all topics of the cluster.
  private static let patternIntervalMilliseconds: Int64 = 30000
  private static let intervalMilliseconds: Int64 = 2000
  private static let answerMilliseconds: Int32 = 1500
  /// How many topics are requested at a time: a site may list hundreds.
  private static let topicLimit = 20

  /// Starts the thread, which ends when the router is stopped.
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
    topics = settings.subscription.filter { !TopicPattern($0).isExpression }
    let now = MonotonicClock.milliseconds()
    health = InputHealth(now: now)
    nextGroupLook = now + Self.groupIntervalMilliseconds
    let refresh = settings.consumer["topic.metadata.refresh.interval.ms"].flatMap { Int64($0) } ?? 300_000
    // librdkafka takes -1 for never.
    unread = UnreadPartitions(refreshMilliseconds: max(0, refresh))
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
      health.answered(now: MonotonicClock.milliseconds())
      return try lookAtGroup(client)
    }
    for _ in 0..<min(topics.count, Self.topicLimit) where !stop.isRequested {
      let topic = topics[next % topics.count]
      let (trouble, count) = try client.inputState(of: topic, timeoutMilliseconds: Self.answerMilliseconds)
      // The routers make the topic of waiting rows themselves, and do it again.
      let isAboutToBe = topic == settings.plan.names.waiting && trouble == .missing
      health.heard(isAboutToBe ? nil : trouble, of: topic, now: MonotonicClock.milliseconds())
      partitionCounts[topic] = trouble == nil ? count : nil
      next = (next + 1) % topics.count
    }
    try lookAtGroup(client)
  }

  /// Looks for partitions that no member of the group reads.
  private func lookAtGroup(_ client: AdminClient) throws(KafkaError) {
    let now = MonotonicClock.milliseconds()
    guard isEmbedded == false, now >= nextGroupLook, !stop.isRequested else { return }
    nextGroupLook = now + Self.groupIntervalMilliseconds
    try lookAtPatterns(client, now: now)
    // Not all clients may look at the group, and the coordinator moves.
    guard
      let group = try? client.describeGroups(settings.group, timeoutMilliseconds: Self.answerMilliseconds).first
    else { return }
    let partitions = group.state == "Stable" ? group.members.map(\.partitions) : [nil]
    unread.see(
      existing: Set(
        partitionCounts.flatMap { topic, count in
          (0..<count).map { TopicPartition(topic: topic, partition: $0) }
        }),
      read: partitions.contains(nil) ? nil : Set(partitions.compactMap { $0 }.joined()), now: now)
    health.unread = unread.overdue(now: now)
    let members = group.members.map(\.memberID).sorted()
    // The broker puts the instance before the id of a static member.
    let isFirst = members.first?.hasPrefix("\(settings.instance)-") == true
    guard unread.mustRejoin(isFirst: isFirst, now: now) else { return }
    let names = health.unread.prefix(10).map(\.description).joined(separator: ",")
    log.warning(
      "no member of the group reads some input partitions; joining it again so that they are assigned",
      [.count: String(health.unread.count), .partitions: names, .group: settings.group])
    status.requestRejoin()
  }

  private func lookAtPatterns(_ client: AdminClient, now: Int64) throws(KafkaError) {
    let patterns = settings.inputs.map { TopicPattern($0) }.filter(\.isExpression)
    guard !patterns.isEmpty, now >= nextPatternLook else { return }
    nextPatternLook = now + Self.patternIntervalMilliseconds
    let found = try client.describeCluster(timeoutMilliseconds: Self.answerMilliseconds).topics
    for topic in partitionCounts.keys where !topics.contains(topic) { partitionCounts[topic] = nil }
    for (topic, description) in found where !topics.contains(topic) && description.leaderlessPartitions.isEmpty {
      guard !settings.plan.names.owns(topic), !settings.jobMessages.contains(topic),
        patterns.contains(where: { $0.matches(topic) })
      else { continue }
      partitionCounts[topic] = description.partitionCount
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
  /// The inputs that cannot be read, and why. Regular expressions are ignored.
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
    try inputState(of: topic, timeoutMilliseconds: timeoutMilliseconds).trouble
  }

  /// The same, with the number of partitions where it can be read.
  fileprivate func inputState(
    of topic: String, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> (trouble: InputTrouble?, partitionCount: Int32) {
    do throws(KafkaError) {
      guard let description = try describeTopic(topic, timeoutMilliseconds: timeoutMilliseconds) else {
        return (.missing, 0)
      }
      return (description.leaderlessPartitions.isEmpty ? nil : .leaderless, description.partitionCount)
    } catch {
      switch error.code {
      case .topicAuthorizationFailed: return (.refused, 0)
      // While the first leaders are being elected.
      case .leaderNotAvailable: return (.leaderless, 0)
      case .authentication, .saslAuthenticationFailed: throw error
      // Anything else that waiting does not mend is an answer.
      default:
        if error.remedy == .retry { throw error }
        return (.refused, 0)
      }
    }
  }
}
