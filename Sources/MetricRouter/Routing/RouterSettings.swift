public import Kafka

/// Everything that a router needs to run, checked: where to connect, what to read, how to route, how its topics are made.
public struct RouterSettings: Sendable {
  /// How the topics of one kind are made.
  public struct TopicTemplate: Sendable, Equatable {
    /// The number of partitions; `nil` for the broker's default.
    public var partitions: Int32?
    /// The number of replicas; `nil` for the broker's default.
    public var replication: Int32?
    /// Their settings, as Kafka names them.
    public var settings: [String: String]

    /// A template.
    public init(partitions: Int32? = nil, replication: Int32? = nil, settings: [String: String] = [:]) {
      self.partitions = partitions
      self.replication = replication
      self.settings = settings
    }

    /// The request for one topic.
    public func topic(named name: String) -> NewTopic {
      NewTopic(name: name, partitions: partitions, replication: replication, settings: settings)
    }
  }

  /// The consumer's properties, `group.id` and `group.instance.id` included.
  public var consumer: ClientProperties
  /// The producers' properties.
  public var producer: ClientProperties
  /// The properties of clients that are neither.
  public var administration: ClientProperties
  /// Topics to read; one that begins with `^` is a regular expression.
  public var inputs: [String]
  /// How many producers share the topics.
  public var producerCount: Int
  /// What is promised about rows when something fails.
  public var delivery: Configuration.Delivery
  /// How rows are read and whose they are.
  public var plan: RoutingPlan
  /// Users' topics.
  public var userTopic: TopicTemplate
  /// Jobs' topics.
  public var jobTopic: TopicTemplate
  /// The dead-letter topic.
  public var deadLetterTopic: TopicTemplate
  /// What users may do.
  public var userAccess: UserAccess
  /// Whether the router gives them the right to it.
  public var accessMode: Configuration.AccessMode

  /// Settings with these parts.
  public init(
    consumer: ClientProperties, producer: ClientProperties, administration: ClientProperties, inputs: [String],
    producerCount: Int = 1, delivery: Configuration.Delivery = .atLeastOnce, plan: RoutingPlan,
    userTopic: TopicTemplate, jobTopic: TopicTemplate, deadLetterTopic: TopicTemplate,
    userPrincipal: PrincipalTemplate = .standard, accessMode: Configuration.AccessMode = .off
  ) {
    self.consumer = consumer
    self.producer = producer
    self.administration = administration
    self.inputs = inputs
    self.producerCount = producerCount
    self.delivery = delivery
    self.plan = plan
    self.userTopic = userTopic
    self.jobTopic = jobTopic
    self.deadLetterTopic = deadLetterTopic
    userAccess = UserAccess(names: plan.names, principal: userPrincipal)
    self.accessMode = accessMode
  }

  /// The group's name, for messages.
  public var group: String { consumer["group.id"] ?? "" }
}
