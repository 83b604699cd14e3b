internal import ConfigurationFiles
internal import Jobs
internal import Kafka
internal import Logging
internal import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Runtime
internal import Topics

/// Connects to the brokers of a configuration and looks for what a router needs.
///
/// One thread at a time. It stops at the first request that is not answered in time, so it takes little longer than its
/// time limit when brokers are away.
public final class ClusterProbe {
  let configuration: Configuration
  let topics: TopicDirectory
  let settings: RouterSettings
  let timeoutMilliseconds: Int32
  let notes = ConnectionNotes()
  var check = ClusterCheck()
  /// Whether there is somebody to ask about topics and ACLs; the embedded broker has none.
  private(set) var hasController = false
  private var wantsOwners = false
  /// The owners of jobs, if they were requested and could be read.
  public private(set) var owners: KnownOwners?

  /// - Parameter timeoutMilliseconds: how long each answer is waited for.
  public init(_ configuration: ConfigurationCheck, timeoutMilliseconds: Int32) {
    self.configuration = configuration.configuration
    topics = configuration.topics
    settings = configuration.settings
    self.timeoutMilliseconds = timeoutMilliseconds
  }

  /// Why looking has to end: the brokers stopped answering. It is in the check already.
  struct NoAnswer: Error {}

  /// Looks at everything.
  ///
  /// - Parameter wantsOwners: whether the owners of jobs are read, too, for rows that only a job number leads to a user.
  public func run(wantsOwners: Bool = false) -> ClusterCheck {
    self.wantsOwners = wantsOwners
    do {
      var properties = settings.administration
      // Failures are told once, with what to do; librdkafka would log the same again each second.
      properties["log.connection.close"] = "false"
      let admin: AdminClient
      do throws(KafkaError) {
        admin = try AdminClient(properties: properties, observer: notes)
      } catch {
        check.add(.error(.configuration), "brokers", "librdkafka rejects the configuration: \(error)")
        return check
      }
      let cluster = try connect(admin)
      let controller = admin.controller(timeoutMilliseconds: timeoutMilliseconds)
      hasController = cluster.brokers.contains { $0.id == controller }
      let inputs = try lookAtInputs(admin, cluster)
      try lookAtGroup(admin, inputs)
      try lookAtReading(inputs)
      try lookAtJobMessages(admin, cluster)
      if wantsOwners { try readOwners(admin) }
      if hasController {
        try lookAtTopicCreation(admin, cluster)
        try lookAtOwnTopics(admin, cluster)
        try lookAtSizes(admin, inputs)
      } else {
        check.add(
          .unknown, "controller",
          "these brokers have none, like the embedded broker, so they support neither topic creation nor ACLs",
          remedy: "The embedded broker is for a first look; an Apache Kafka cluster must elect its controller.")
      }
      try lookAtBrokerSettings(admin, cluster)
      if hasController { try lookAtAccess(admin) }
      lookAtWriting()
      lookAtTransactions()
    } catch {}
    return check
  }

  /// The place of the brokers' addresses in the configuration.
  var bootstrap: (servers: String, place: ConfigurationPlace) {
    let property = configuration.kafka.forClient(.common).last {
      KafkaProperties.canonical($0.name) == "bootstrap.servers"
    }
    return (property?.value.text ?? "", property?.place ?? .standard)
  }

  private func readOwners(_ admin: AdminClient) throws(NoAnswer) {
    let topic = settings.plan.names.jobIndex
    let subject = "owners of jobs"
    do throws(KafkaError) {
      let found = try JobOwnersReader(
        settings.jobIndex, client: admin, observer: notes, timeoutMilliseconds: timeoutMilliseconds
      ).read()
      guard let found else {
        check.add(
          .unknown, subject, "there is no topic \(topic), so no router has published any",
          remedy: "The first router creates it. Until then, --owner names the owner of a job number.")
        return
      }
      owners = KnownOwners(found)
      let count = found.counts.numbers
      check.add(.ok, subject, "those of \(count) job \(count == 1 ? "number" : "numbers") are known")
    } catch {
      report(try answer(error, about: subject), subject, right: "READ on \(topic) and the topics of jobs.events")
    }
  }

  /// Turns an answer that does not come into the end of the check.
  ///
  /// - Returns: the error, where it is an answer.
  func answer(_ error: KafkaError, about subject: String) throws(NoAnswer) -> KafkaError {
    switch error.code {
    case .timedOut, .timedOutInQueue, .transport, .allBrokersDown, .resolve:
      let reasons = notes.reasons
      let words = reasons.isEmpty ? "" : "; librdkafka says: \(reasons.joined(separator: "; "))"
      check.add(
        .error(.unreachable), subject, "no answer within \(seconds): \(error)\(words)",
        remedy:
          "A broker may be reachable at the address in kafka: bootstrap.servers but advertise one that cannot"
          + " be reached from here: look at the brokers' advertised.listeners. For slow brokers, increase --timeout.")
      throw NoAnswer()
    default: return error
    }
  }

  /// Writes down an answer that is an error.
  func report(_ error: KafkaError, _ subject: String, right: String) {
    switch error.code {
    case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed:
      check.add(
        .error(.refused), subject, "a permission is missing: \(error)",
        remedy: "Grant \(right) to the router's principal; docs/site.md has the commands.")
    case .authentication, .saslAuthenticationFailed:
      check.add(
        .error(.refused), subject, "the brokers reject the credentials: \(error)",
        remedy: loginRemedy)
    case .invalidArgument:
      check.add(.error(.configuration), subject, "librdkafka rejects the configuration: \(error)")
    default:
      check.add(.error(.wrong), subject, "\(error)")
    }
  }

  /// The remedy for rejected credentials.
  private var loginRemedy: String {
    let check = "Check security.protocol, sasl.mechanism, sasl.username and sasl.password under kafka:."
    return LoginAdvice.advice(for: settings.administration).map { "\($0). \(check)" } ?? check
  }

  /// Asks again while the answer is one that waiting mends, such as a coordinator that is only just being made.
  ///
  /// - Parameter ask: is given how long to wait, in milliseconds: short at first, as requests can get lost when
  ///   coordinators move.
  func patiently<Answer>(_ ask: (Int32) throws(KafkaError) -> Answer) throws(KafkaError) -> Answer {
    let began = MonotonicClock.milliseconds()
    while true {
      let elapsed = Int32(clamping: MonotonicClock.milliseconds() - began)
      let left = max(1, timeoutMilliseconds - elapsed)
      do throws(KafkaError) {
        return try ask(min(left, max(2000, elapsed)))
      } catch {
        guard error.remedy == .retry, MonotonicClock.milliseconds() - began < Int64(timeoutMilliseconds) else {
          throw error
        }
      }
      Thread.sleep(milliseconds: 100)
    }
  }

  /// The time limit in words.
  var seconds: String {
    timeoutMilliseconds % 1000 == 0 ? "\(timeoutMilliseconds / 1000) s" : "\(timeoutMilliseconds) ms"
  }

  private func connect(_ admin: AdminClient) throws(NoAnswer) -> ClusterDescription {
    let began = MonotonicClock.milliseconds()
    let (servers, place) = bootstrap
    let property = "kafka: bootstrap.servers (\(place))"
    // Every address of every name has been tried by then, several times.
    let patience = 2000
    var failure = KafkaError(.timedOut, operation: "ask for the cluster's metadata")
    while true {
      let elapsed = Int(MonotonicClock.milliseconds() - began)
      let left = Int(timeoutMilliseconds) - elapsed
      guard left > 0, !notes.isRefused, !notes.hasNoToken, !(notes.areAllDown && elapsed >= patience) else { break }
      do throws(KafkaError) {
        // Short waits, to notice refused credentials and connections soon; longer ones, for brokers that are slow.
        let cluster = try admin.describeCluster(timeoutMilliseconds: Int32(min(left, max(500, elapsed))))
        let addresses = cluster.brokers.sorted { $0.id < $1.id }.map(\.address).joined(separator: ", ")
        let count = cluster.brokers.count == 1 ? "1 broker" : "\(cluster.brokers.count) brokers"
        check.add(
          .ok, "brokers",
          "\(count) (\(addresses)), answered in \(MonotonicClock.milliseconds() - began) ms at \(servers)")
        return cluster
      } catch {
        failure = error
      }
    }
    let reasons = notes.reasons.isEmpty ? [failure.description] : notes.reasons
    let words = reasons.joined(separator: "; ")
    if notes.hasNoToken {
      check.add(
        .error(.refused), "brokers", "no token for the login at \(servers): \(words)",
        remedy: "Check sasl.oauthbearer.token under kafka:.")
    } else if notes.isRefused {
      check.add(
        .error(.refused), "brokers", "the brokers at \(servers) reject the credentials: \(words)",
        remedy: loginRemedy)
    } else {
      check.add(
        .error(.unreachable), "brokers",
        "no broker answers at \(servers) within \(Int(MonotonicClock.milliseconds() - began) / 100 * 100) ms: \(words)",
        remedy: "Check that it is running and can be reached from here, that \(property) is its address, and that"
          + " kafka: security.protocol matches its listener.")
    }
    throw NoAnswer()
  }
}
