internal import Kafka
internal import Logging
internal import MetricRouter
internal import Runtime

/// Asks the brokers what `router tail` and `router jobs` have to know before they read, and words their errors.
///
/// Belongs to the main thread. Every question ends by an answer, a time limit, or Ctrl-C.
final class TailConnection {
  let properties: ClientProperties
  let observer = TailObserver()
  private let administration: AdminClient
  private var isKnownEmbedded: Bool?
  /// What to do where the topic may not be read.
  private let adviceOnRead: String

  private static let adviceToUsers = """
    Users can read the topics that begin with PREFIX.user.USER. and need READ permission on that prefix. If USER is your \
    own name, ask the administrator of Kafka at your site.
    """

  /// How long brokers may be away or silent before it is a failure.
  private static let patienceMilliseconds: Int64 = 10_000
  /// The time limit of one attempt: Ctrl-C or a rejected login may go unnoticed for this long.
  private static let tryMilliseconds: Int32 = 500

  init(_ settings: TailSettings, adviceOnRead: String = adviceToUsers) throws(CommandFailure) {
    self.adviceOnRead = adviceOnRead
    properties = settings.properties
    do {
      administration = try AdminClient(properties: settings.properties, observer: observer)
    } catch {
      throw CommandFailure(.configuration, "librdkafka rejects the configuration: \(error.reason)")
    }
  }

  var brokers: String { properties["bootstrap.servers"] ?? properties["metadata.broker.list"] ?? "" }

  /// A topic; `nil` where it does not exist.
  func describe(_ topic: String) throws(CommandFailure) -> TopicDescription? {
    if try isEmbeddedBroker() {
      return try ask { timeout throws(KafkaError) in
        try administration.describeCluster(timeoutMilliseconds: timeout).topics[topic]
      }
    }
    return try ask { timeout throws(KafkaError) in
      try administration.describeTopic(topic, timeoutMilliseconds: timeout)
    }
  }

  /// Whether the brokers say that a topic does not exist; no answer is no.
  func isMissing(_ topic: String) -> Bool {
    guard isKnownEmbedded == false else { return false }
    do {
      return try administration.describeTopic(topic, timeoutMilliseconds: Self.tryMilliseconds) == nil
    } catch {
      return false
    }
  }

  private func isEmbeddedBroker() throws(CommandFailure) -> Bool {
    if let known = isKnownEmbedded { return known }
    let isEmbedded = try ask { timeout throws(KafkaError) in
      try administration.isEmbeddedBroker(timeoutMilliseconds: timeout)
    }
    isKnownEmbedded = isEmbedded
    return isEmbedded
  }

  /// The names of all topics that may be seen.
  func topics() throws(CommandFailure) -> [String] {
    try ask { timeout throws(KafkaError) in
      try Array(administration.describeCluster(timeoutMilliseconds: timeout).topics.keys)
    }
  }

  /// All topics that may be seen, with their numbers of partitions.
  func partitionCounts() throws(CommandFailure) -> [String: Int32] {
    try ask { timeout throws(KafkaError) in
      try administration.describeCluster(timeoutMilliseconds: timeout).topics.mapValues(\.partitionCount)
    }
  }

  /// The offset behind the last row of each partition.
  func ends(of partitions: [TopicPartition]) throws(CommandFailure) -> [TopicPartition: Int64] {
    var ends: [TopicPartition: Int64] = [:]
    for partition in partitions {
      ends[partition] = try ask { timeout throws(KafkaError) in
        try administration.watermarks(of: partition, timeoutMilliseconds: timeout).high
      }
    }
    return ends
  }

  /// The first row of each partition that was stored at this time or later.
  ///
  /// - Parameter timestamp: milliseconds since 1970.
  func offsets(of partitions: [TopicPartition], since timestamp: Int64) throws(CommandFailure) -> [TopicPartitionOffset]
  {
    try ask { timeout throws(KafkaError) in
      try administration.offsets(of: partitions, since: timestamp, timeoutMilliseconds: timeout)
    }
  }

  private func ask<Answer>(_ question: (Int32) throws(KafkaError) -> Answer) throws(CommandFailure) -> Answer {
    let deadline = MonotonicClock.milliseconds() + Self.patienceMilliseconds
    while true {
      do {
        return try question(Self.tryMilliseconds)
      } catch {
        administration.poll()
        if let refusal = observer.refusal { throw failure(refusal) }
        guard error.remedy == .retry, MonotonicClock.milliseconds() < deadline else { throw failure(error) }
      }
      if Interruption.wait(atMost: .milliseconds(50)), let code = Interruption.exitCode {
        throw CommandFailure(code, "")
      }
    }
  }

  /// What an error means for who called the command.
  func failure(_ error: KafkaError) -> CommandFailure {
    switch error.code {
    case .authentication where error.isMissingToken: return KafkaFailure.failure(error, brokers: brokers)
    case .authentication, .saslAuthenticationFailed:
      let name = properties["sasl.username"].map { " for \(PrintableText.quoted($0))" } ?? ""
      return CommandFailure(
        .refused, "the broker rejects the login\(name): \(error.reason)",
        hint: (LoginAdvice.advice(for: properties).map { "\($0).\n" } ?? "") + """
          Check security.protocol, sasl.mechanism, sasl.username and sasl.password: in the file of --client-config, \
          with -X, below kafka: in router.yaml, or as ROUTER_KAFKA_SASL_PASSWORD and so on in the environment.
          """)
    case .topicAuthorizationFailed:
      return CommandFailure(
        .refused, "READ permission on the topic is missing: \(error.operation): \(error.reason)",
        hint: adviceOnRead)
    case .groupAuthorizationFailed:
      let group = properties["group.id"].map { " \(PrintableText.quoted($0))" } ?? ""
      return CommandFailure(
        .refused, "READ permission on the consumer group\(group) is missing: \(error.reason)",
        hint: """
          Users have READ permission on groups that begin with USER.; ask the administrator of Kafka at your \
          site, or name a group that you can use with -X group.id=NAME.
          """)
    default:
      guard error.remedy == .retry else { return KafkaFailure.failure(error, brokers: brokers) }
      return CommandFailure(
        .brokerUnavailable, "no broker answers at \(brokers): \((observer.outage ?? error).reason)",
        hint: """
          Check that it is running and can be reached from here. The address is --bootstrap, bootstrap.servers in the file \
          of --client-config or below kafka: in router.yaml, or ROUTER_KAFKA_BOOTSTRAP_SERVERS; if the brokers require \
          TLS or a login, set security.protocol as well.
          """)
    }
  }
}
