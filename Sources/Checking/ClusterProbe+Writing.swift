internal import Kafka
internal import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Runtime

/// Whether the router may write, and whether it may do so in transactions.
extension ClusterProbe {
  /// The right to write: a broker gives an idempotent producer its id only if it may write to some topic.
  ///
  /// A producer with a transactional id gets its id when it claims that one, which would fence a running router. So this
  /// one has none, and ``lookAtTransactions()`` claims another.
  func lookAtWriting() {
    let subject = "writing"
    let right = "WRITE on topics that begin with \"\(settings.plan.names.prefix).\""
    let notes = ConnectionNotes()
    var properties = settings.producer
    properties["transactional.id"] = nil
    properties["transaction.timeout.ms"] = nil
    // What librdkafka says then is the only sign that the id has come.
    properties["debug"] = "eos"
    properties["log_level"] = "7"
    let producer: Producer
    do throws(KafkaError) {
      producer = try Producer(properties: properties, observer: notes)
    } catch {
      check.add(.error(.configuration), subject, "librdkafka rejects the configuration: \(error)")
      return
    }
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    while MonotonicClock.milliseconds() < deadline {
      producer.poll(timeoutMilliseconds: 20) { _ in }
      if let failure = producer.fatalError ?? notes.producerFailure {
        check.add(
          .error(.refused), subject, "a permission is missing: \(failure)",
          remedy: "Grant \(right) to the router's principal; docs/site.md has the commands.")
        return
      }
      if notes.hasProducerID {
        check.add(.ok, subject, "the brokers accept an idempotent producer")
        return
      }
    }
    check.add(
      .error(.unreachable), subject, "the brokers gave the producer no id within \(seconds)",
      remedy: "Check the brokers' logs for InitProducerId; for slow brokers, increase --timeout.")
  }

  /// What `delivery: exactly-once` needs besides: a transaction coordinator, its consent to `transaction.timeout.ms`, and
  /// WRITE permission on the transactional ids of the group.
  ///
  /// It claims an id of its own, with the settings of the router's: claiming the router's would fence a running router.
  /// No instance has that name, as a slash cannot be in one. The brokers forget the id when it has not been used for
  /// `transactional.id.expiration.ms`.
  func lookAtTransactions() {
    guard let id = settings.producer["transactional.id"] else { return }
    let subject = "transactions"
    let notes = ConnectionNotes()
    var properties = settings.producer
    properties["transactional.id"] = "\(id)/check"
    do throws(KafkaError) {
      let producer = try Producer(properties: properties, observer: notes)
      try patiently { timeout throws(KafkaError) in try producer.initTransactions(timeoutMilliseconds: timeout) }
      check.add(.ok, subject, "the brokers accept transactional ids that begin with \"\(id)\"")
    } catch {
      report(error, aboutTransactions: subject, id)
    }
  }

  private func report(_ error: KafkaError, aboutTransactions subject: String, _ id: String) {
    switch error.code {
    case .transactionalIDAuthorizationFailed:
      // Permission on the router's own id, and on no other, suffices.
      check.add(
        .warning, subject,
        "there is no WRITE permission on transactional ids that begin with \"\(id)\"; permission on exactly this id cannot be"
          + " checked without fencing a running router: \(error)",
        remedy:
          "Grant WRITE on transactional ids that begin with \"\(configuration.group)-\" to the router's principal;"
          + " router acl --router prints the command.")
    case .invalidTransactionTimeout:
      check.add(
        .error(.wrong), subject, "the brokers reject transaction.timeout.ms: \(error)",
        remedy: "Set transaction.timeout.ms under kafka: producer: to at most the brokers' transaction.max.timeout.ms.")
    case let code where code.remedy == .retry:
      check.add(
        .error(.unreachable), subject, "no transaction coordinator within \(seconds): \(error)",
        remedy:
          "Check the brokers' transaction.state.log.replication.factor and transaction.state.log.min.isr, and their"
          + " logs for __transaction_state; for slow brokers, increase --timeout.")
    default:
      check.add(.error(.wrong), subject, "\(error)")
    }
  }
}
