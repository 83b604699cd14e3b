internal import Kafka
internal import MetricRouter
internal import Naming
internal import Topics
internal import Wording

/// The topics that the router makes and writes.
extension ClusterProbe {
  /// A topic of ours that never exists: `-ch` is nothing that the encoding of a name makes.
  var probeTopic: String { "\(settings.plan.names.prefix).user.router-check.rows" }

  /// Whether topics can be made as they are declared: asked with `validate_only`, so none is.
  func lookAtTopicCreation(_ admin: AdminClient, _ cluster: ClusterDescription) throws(NoAnswer) {
    let names = settings.plan.names
    let requests: [(kind: String, declaration: TopicDeclaration, topic: NewTopic)] = [
      ("user topics", topics.user, settings.templates.user.topic(named: probeTopic)),
      ("job topics", topics.job, settings.templates.job.topic(named: "\(names.prefix).user.router-check.job.0")),
      (
        "dead-letter topic", topics.deadLetter,
        settings.templates.deadLetter.topic(named: "\(names.prefix).router.router-check")
      ),
    ]
    let outcomes: [TopicOutcome]
    do throws(KafkaError) {
      outcomes = try patiently { timeout throws(KafkaError) in
        try admin.createTopics(requests.map(\.topic), validateOnly: true, timeoutMilliseconds: timeout)
      }
    } catch {
      report(
        try answer(error, about: "creating topics"), "creating topics",
        right: "CREATE on topics that begin with \(quoted(names.prefix + "."))")
      return
    }
    for (request, outcome) in zip(requests, outcomes) {
      guard let error = outcome.error, error.code != .topicAlreadyExists else {
        check.add(.ok, request.kind, "can be created as \(request.declaration.place) declares")
        continue
      }
      try report(error, making: request.kind, request.declaration, cluster)
    }
  }

  private func report(
    _ error: KafkaError, making kind: String, _ declaration: TopicDeclaration, _ cluster: ClusterDescription
  ) throws(NoAnswer) {
    switch error.code {
    case .invalidReplicationFactor:
      let brokers = cluster.brokers.count == 1 ? "there is 1 broker" : "there are \(cluster.brokers.count) brokers"
      let declared = declaration.replication > 0 ? String(declaration.replication) : "default"
      check.add(
        .error(.wrong), kind, "\(declaration.place) declares replication \(declared), and \(brokers): \(error.reason)",
        remedy: "Set a replication for which the cluster has enough brokers, or restart the missing ones.")
    case .invalidConfig, .invalidPartitions, .policyViolation:
      // The broker names the setting somewhere in its sentence.
      let setting = declaration.config.first { error.reason.contains($0.name) }
      check.add(
        .error(.wrong), kind,
        "the broker rejects what \(setting?.place ?? declaration.place) declares: \(error.reason)",
        remedy: "Correct it there.")
    default:
      report(
        try answer(error, about: kind), kind,
        right: "CREATE on topics that begin with \(quoted(settings.plan.names.prefix + "."))")
    }
  }

  /// Whether our topics that are there already have the settings that matter.
  func lookAtOwnTopics(_ admin: AdminClient, _ cluster: ClusterDescription) throws(NoAnswer) {
    var kinds: [(name: String, declaration: TopicDeclaration, topics: [String])] = [
      ("user topics", topics.user, []), ("job topics", topics.job, []), ("dead-letter topic", topics.deadLetter, []),
      ("topic of waiting rows", topics.waiting, []),
    ]
    for name in cluster.topics.keys.sorted() {
      switch settings.plan.names.read(name) {
      case .user: kinds[0].topics.append(name)
      case .job: kinds[1].topics.append(name)
      case .deadLetters: kinds[2].topics.append(name)
      case .waiting: kinds[3].topics.append(name)
      case .jobIndex, nil: break
      }
    }
    for kind in kinds where !kind.topics.isEmpty {
      let looked = Array(kind.topics.prefix(Self.mostTopics))
      let answers: [String: Result<[TopicSetting], KafkaError>]
      do throws(KafkaError) {
        answers = try patiently { timeout throws(KafkaError) in
          try admin.describeSettings(ofTopics: looked, timeoutMilliseconds: timeout)
        }
      } catch {
        report(
          try answer(error, about: kind.name), kind.name,
          right: "DESCRIBE_CONFIGS on topics that begin with \(quoted(settings.plan.names.prefix + "."))")
        continue
      }
      tell(kind.name, kind.declaration, looked, of: kind.topics.count, answers)
    }
  }

  /// The maximum number of topics of a kind to check: differences mostly concern all of them.
  private static let mostTopics = 500

  private func tell(
    _ kind: String, _ declaration: TopicDeclaration, _ looked: [String], of count: Int,
    _ answers: [String: Result<[TopicSetting], KafkaError>]
  ) {
    var differing: [TopicDifference: [String]] = [:]
    var refusal: KafkaError?
    for topic in looked {
      switch answers[topic] {
      case .success(let settings):
        for difference in TopicDifference.between(declaration, settings) {
          differing[difference, default: []].append(topic)
        }
      case .failure(let error): refusal = refusal ?? error
      case nil: break
      }
    }
    if let refusal {
      // The router itself never asks for them.
      check.add(
        .unknown, kind, "cannot read the settings of existing topics: \(refusal)",
        remedy:
          "DESCRIBE_CONFIGS permission on topics that begin with \(quoted(settings.plan.names.prefix + ".")), which"
          + " ALTER_CONFIGS includes, is required.")
    }
    for (difference, topics) in differing.sorted(by: { $0.key.setting < $1.key.setting }) {
      let names = topics.count == 1 ? topics[0] : "\(topics.count) of them, \(topics[0]) first,"
      let verb = topics.count == 1 ? "has" : "have"
      check.add(
        .warning, kind,
        "\(names) \(verb) \(difference.setting)=\(difference.found), not \(difference.declared) as"
          + " \(difference.place) declares; \(difference.consequence)",
        remedy: "Change the setting of these topics; 'router topics plan' shows all that differs.")
    }
    if differing.isEmpty, refusal == nil {
      let many = count > looked.count ? "the first \(looked.count) of \(count)" : "\(count)"
      check.add(.ok, kind, "\(many) there, with the settings that matter as declared")
    }
  }
}
