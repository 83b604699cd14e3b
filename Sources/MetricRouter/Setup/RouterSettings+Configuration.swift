public import ConfigurationFiles
public import Decomp
internal import Jobs
internal import Kafka
internal import Naming
public import RouterConfiguration
internal import Runtime
public import Topics
internal import Wording

/// The settings that follow from a configuration.
extension RouterSettings {
  /// Checks a configuration against its decompositions, its topics' declarations and librdkafka.
  ///
  /// - Parameters:
  ///   - decompositions: what `Configuration.decomposition` names, read.
  ///   - topics: what `Configuration.topics.directory` holds, read.
  ///   - connects: whether clients will be made, so that their files and logins have to be right.
  /// - Throws: everything that is wrong, each with its place.
  public init(
    _ configuration: Configuration, decompositions: [Decomposition], topics: TopicDirectory, connects: Bool = true
  ) throws(ConfigurationErrors) {
    var problems: [ConfigurationProblem] = []
    let plan = RoutingPlan(configuration, decompositions: decompositions, problems: &problems)
    guard let plan else { throw ConfigurationErrors(problems) }
    let inputs = Self.inputs(configuration, plan: plan, problems: &problems)
    let jobMessages = Self.jobMessages(configuration, inputs: inputs, plan: plan, problems: &problems)
    let consumer = Self.consumerProperties(configuration, inputs: inputs, plan: plan)
    let producer = Self.producerProperties(configuration, deadLetter: topics.deadLetter)
    let administration = Self.properties(configuration, .common)
    let clients: [(ClientProperties, ClientTrial.Kind, KafkaProperties.Side)] = [
      (consumer, .consumer, .consumer), (producer, .producer, .producer), (administration, .administration, .common),
    ]
    for (properties, kind, side) in clients where connects {
      let check = KafkaClientCheck(properties, of: kind, kafka: configuration.kafka, side: side)
      // What is common to all clients is said once.
      for problem in check.problems where !problems.contains(problem) { problems.append(problem) }
    }
    if configuration.delivery == .exactlyOnce, configuration.producers.value > 1 {
      problems.append(
        ConfigurationProblem(
          configuration.producers.place,
          "producers: delivery: exactly-once has one producer, since a transaction belongs to one; remove the key, or "
            + "choose delivery: at-least-once"))
    }
    problems += Self.identityProblems(configuration, opensFiles: connects)
    var principal = PrincipalTemplate.standard
    do {
      principal = try PrincipalTemplate(configuration.aclPrincipal.value)
    } catch {
      problems.append(ConfigurationProblem(configuration.aclPrincipal.place, "acl-principal: \(error)"))
    }
    guard problems.isEmpty else { throw ConfigurationErrors(problems) }
    self.init(
      consumer: consumer, producer: producer, administration: administration, inputs: inputs,
      producers: configuration.producers.value == 0 ? .automatic : .fixed(configuration.producers.value),
      delivery: configuration.delivery, plan: plan, templates: TopicTemplates(topics), userPrincipal: principal,
      accessMode: configuration.acl.value, jobTopics: JobTopics(configuration.jobs))
    linger = Self.isLingerConfigured(configuration) ? .configured : .automatic
    newTopics = NewTopics(
      perMinute: configuration.topics.newPerMinute, perUser: configuration.topics.newPerUser,
      users: configuration.topics.maxUsers)
    ownerWaitMilliseconds = configuration.identity.ownerWait.wholeMilliseconds
    jobRules = JobRules(configuration.jobs)
    jobRules.owners = JobOwners.Rules(
      asksByNode: configuration.identity.byNode.value == .exclusive,
      withholdsShared: configuration.identity.sharedNodes == .withhold,
      hasSamplersOfJobs: configuration.identity.job.contains { $0.value == "component_id" })
    userNumbers = configuration.identity.userNumbers
    self.jobMessages = jobMessages
  }

  /// The configured inputs, or those that the decomposition names, as `identity.topic` has them.
  private static func inputs(
    _ configuration: Configuration, plan: RoutingPlan, problems: inout [ConfigurationProblem]
  ) -> [String] {
    for input in configuration.inputs where plan.names.owns(input.value) {
      problems.append(
        ConfigurationProblem(
          input.place,
          "inputs: \(quoted(input.value)) is a topic that the router writes; reading it would feed the router its own "
            + "rows. Remove it, or change topics.prefix."))
    }
    guard configuration.inputs.isEmpty else { return configuration.inputs.map(\.value) }
    var inputs: [String] = []
    for name in plan.schemaNames {
      let input = plan.input(ofSchema: name)
      let isTopic = TopicPattern(input).isExpression || TopicNameRule.validationError(input) == nil
      // Two row schemas may have one name in topics.
      if isTopic, !plan.names.owns(input), !inputs.contains(input) { inputs.append(input) }
    }
    if plan.storesAsIs { inputs.append(plan.asIsInput) }
    if inputs.isEmpty {
      problems.append(
        ConfigurationProblem(
          configuration.decomposition.first?.place ?? .standard,
          "decomposition: no row schema in it has a name that can be a topic; list the topics under inputs"))
    }
    return inputs
  }

  private static func properties(_ configuration: Configuration, _ side: KafkaProperties.Side) -> ClientProperties {
    let defaults = ClientProperties([
      "client.id": "ldms-router",
      // Brokers that come back are found within two seconds, not ten: several connections wait one after the other.
      "reconnect.backoff.max.ms": "2000",
    ])
    return configuration.kafka.clientProperties(side, over: defaults)
  }

  private static func consumerProperties(
    _ configuration: Configuration, inputs: [String], plan: RoutingPlan
  ) -> ClientProperties {
    var properties = ClientProperties([
      // A row that was stored before the router first came must not be passed over.
      "auto.offset.reset": "earliest",
      // The partitions of all inputs are dealt out in turn: with range alone, the first router would get the only
      // partition of every topic. Routers of earlier versions know range alone; as long as one of them is in the group,
      // all use that.
      "partition.assignment.strategy": "roundrobin,range",
      "session.timeout.ms": "45000",
      // A member learns by its heartbeat that partitions are to move: each second, so that they move within two.
      "heartbeat.interval.ms": "1000",
      "fetch.wait.max.ms": "100",
      // How soon a new topic is found, whether an input names it or matches it.
      "topic.metadata.refresh.interval.ms": "30000",
      // Whatever the inputs match, the router never sees its own topics, nor Slurm's messages as rows.
      "topic.blacklist":
        (plan.names.ownTopicPatterns
        + configuration.jobs.events.map { TopicPattern.expression(for: $0.value) }).joined(separator: ","),
    ])
    properties = properties.merging(Self.properties(configuration, .consumer))
    // It tells the index of jobs that no row waits to be read.
    properties["enable.partition.eof"] = "true"
    properties["group.id"] = configuration.group
    properties["group.instance.id"] = configuration.instance
    return properties
  }

  private static func isLingerConfigured(_ configuration: Configuration) -> Bool {
    let linger = KafkaProperties.canonical("linger.ms")
    return Self.properties(configuration, .producer).properties.contains {
      KafkaProperties.canonical($0.name) == linger
    }
  }

  private static func producerProperties(
    _ configuration: Configuration, deadLetter: TopicDeclaration
  ) -> ClientProperties {
    var properties = ClientProperties([
      "linger.ms": "50",
      // Brokers that are away are waited for; nothing is dropped for its age.
      "message.timeout.ms": "0",
      // Whatever the dead-letter topic takes, the producer takes, too.
      "message.max.bytes": String(max(1_000_000, deadLetter.largestBatch)),
      "queue.buffering.max.kbytes": "262144",
      // After this time a topic that does not exist is one that has gone, not a new one that a broker has not heard of.
      // Topics are made before their first rows, and brokers have heard of them within two seconds.
      "topic.metadata.propagation.max.ms": "5000",
      "acks": "all",
      "enable.idempotence": "true",
    ])
    properties = properties.merging(Self.properties(configuration, .producer))
    if configuration.delivery == .exactlyOnce {
      // Stable over a restart, so that the new process aborts the transaction of the old one at once.
      properties["transactional.id"] = "\(configuration.group)-\(configuration.instance)"
      if properties["transaction.timeout.ms"] == nil { properties["transaction.timeout.ms"] = "60000" }
    }
    return properties
  }
}

extension RouterSettings.JobTopics {
  /// What is configured.
  public init(_ configuration: Configuration.Jobs) {
    let timeToLive = configuration.topicTTL.wholeMilliseconds
    self.init(
      timeToLiveMilliseconds: timeToLive > 0 ? timeToLive : nil,
      endedAfterMilliseconds: configuration.endedAfter.wholeMilliseconds, limit: configuration.maxTopics)
  }
}

extension RoutingPlan {
  /// Compiles a configuration's rules; adds what is wrong to `problems` and is `nil` then.
  public init?(
    _ configuration: Configuration, decompositions: [Decomposition], problems: inout [ConfigurationProblem]
  ) {
    var nodes: NodeList?
    do {
      nodes = try NodeList(configuration.identity.nodes.value)
    } catch {
      problems.append(ConfigurationProblem(configuration.identity.nodes.place, "identity.nodes: \(error)"))
    }
    for template in configuration.identity.producers {
      do {
        if let nodes {
          _ = try ProducerTemplates([template.value], nodes: nodes)
        } else {
          // A list that cannot be read is one mistake, not one of each template as well.
          _ = try ProducerTemplates.patterns([template.value])
        }
      } catch {
        problems.append(ConfigurationProblem(template.place, "identity.producers: \(error)"))
      }
    }
    let templates = configuration.identity.producers.map(\.value)
    guard let nodes, let producers = try? ProducerTemplates(templates, nodes: nodes) else { return nil }
    var topicIdentity: TopicIdentity?
    do {
      let pattern = configuration.identity.topic.value
      if !pattern.isEmpty { topicIdentity = try TopicIdentity(pattern, producers: producers) }
    } catch {
      problems.append(ConfigurationProblem(configuration.identity.topic.place, "identity.topic: \(error)"))
    }
    var instances = InstanceTemplates.none
    for template in configuration.identity.instances {
      do {
        _ = try InstanceTemplates([template.value])
      } catch {
        problems.append(ConfigurationProblem(template.place, "identity.instances: \(error)"))
      }
    }
    if let read = try? InstanceTemplates(configuration.identity.instances.map(\.value)) { instances = read }
    let names: TopicNames
    do {
      names = try TopicNames(prefix: configuration.topics.prefix.value)
    } catch {
      problems.append(ConfigurationProblem(configuration.topics.prefix.place, "topics.prefix: \(error)"))
      return nil
    }
    let ownerRules = configuration.identity.ownerRules(
      schemas: decompositions.flatMap(\.rowSchemas), storesAsIs: decompositions.contains(where: \.storesAsIs),
      problems: &problems)
    self.init(
      schemas: decompositions.flatMap(\.rowSchemas), storesAsIs: decompositions.contains(where: \.storesAsIs),
      producers: producers, topicIdentity: topicIdentity, names: names,
      inputs: configuration.inputs.map(\.value),
      columns: configuration.jobs.columns.compactMap { try? JobColumn($0.value) },
      users: UserRule(configuration.identity.users.map(\.value)), instances: instances,
      jobMetrics: configuration.identity.job.map(\.value), ownerRules: ownerRules)
  }
}
