public import Access
public import Jobs
public import Kafka
public import Naming
public import RouterConfiguration
public import Topics

/// Everything that a router needs to run, checked: where to connect, what to read, how to route, how its topics are
/// made.
public struct RouterSettings: Sendable {
  /// What becomes of the topics of jobs.
  public struct JobTopics: Sendable, Equatable {
    /// How long the topic of an ended job is kept; `nil`: for ever.
    public var timeToLiveMilliseconds: Int64?
    /// After how long without a row a job counts as ended.
    public var endedAfterMilliseconds: Int64
    /// How many jobs may have a topic at a time.
    public var limit: Int

    /// What becomes of them.
    public init(
      timeToLiveMilliseconds: Int64? = 86_400_000, endedAfterMilliseconds: Int64 = 60000, limit: Int = 10000
    ) {
      self.timeToLiveMilliseconds = timeToLiveMilliseconds
      self.endedAfterMilliseconds = endedAfterMilliseconds
      self.limit = limit
    }
  }

  /// How many new topics the router may make.
  public struct NewTopics: Sendable, Equatable {
    /// In a minute, and at once.
    public var perMinute: Int
    /// The same for one user.
    public var perUser: Int
    /// How many users may have topics.
    public var users: Int

    /// These limits.
    public init(perMinute: Int = 10_000, perUser: Int = 2000, users: Int = 10_000) {
      self.perMinute = perMinute
      self.perUser = perUser
      self.users = users
    }
  }

  /// How many producers share the topics.
  public enum Producers: Sendable, Equatable {
    /// As many as the topics need.
    case automatic
    /// So many, which share the topics evenly.
    case fixed(Int)
  }

  /// When producers are replaced, because topics have gathered in them that are not written any more: a topic never leaves a
  /// producer of librdkafka.
  public struct Rotation: Sendable, Equatable {
    /// A topic without a row for so long is not used any more.
    public var idleMilliseconds: Int64 = 300_000
    /// So many may gather in a producer in any case; above that, as many as are in use.
    public var leastIdle = 64
    /// How often the topics are looked through.
    public var sweepMilliseconds: Int64 = 30000

    /// As the router does it.
    public init() {}
  }

  /// The consumer's properties, `group.id` and `group.instance.id` included.
  public var consumer: ClientProperties
  /// The producers' properties.
  public var producer: ClientProperties
  /// The properties of clients that are neither.
  public var administration: ClientProperties
  /// Topics to read; one that begins with `^` is a regular expression.
  public var inputs: [String]
  /// The topics that the consumer subscribes to: the inputs, and rows that have waited for an owner.
  var subscription: [String] { inputs + [plan.names.waiting] }
  /// How long a row waits until it is known whose job it is of, in milliseconds.
  public var ownerWaitMilliseconds: Int64 = 30000
  /// How many producers share the topics.
  public var producers: Producers
  /// A producer is opened when all others know so many partitions, with `automatic`.
  package var partitionsPerProducer = 256
  /// How long they let rows wait for others of the same topic.
  package var linger = LingerPolicy.configured
  /// With more rows than this that wait to be consumed, the router may be catching up.
  package var backlogRows = Backlog.leastRows
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
  /// The topic of rows that wait until it is known whose job they are of.
  public var waitingTopic = TopicTemplate(.waiting)
  /// The topic of the job index.
  public var jobIndexTopic = TopicTemplate(.jobIndex)
  /// What becomes of the topics of jobs.
  public var jobTopics: JobTopics
  /// How many new topics may be made.
  public var newTopics = NewTopics()
  /// When jobs change their state in the index.
  public var jobRules = JobRules()
  /// The columns of rows whose values the index keeps.
  public var jobColumns: [JobColumn] { plan.columns }
  /// Where the names of users are found by their numbers.
  package var userNumbers = UserNumbers.Source.system
  /// The topics with Slurm's messages about jobs.
  public var jobMessages: [String] = []
  /// When producers are replaced.
  public var rotation = Rotation()
  /// What users may do.
  public var userAccess: UserAccess
  /// Whether the router grants them permission to it.
  public var accessMode: AccessMode

  /// Settings with these parts.
  public init(
    consumer: ClientProperties, producer: ClientProperties, administration: ClientProperties, inputs: [String],
    producers: Producers = .automatic, delivery: Configuration.Delivery = .atLeastOnce, plan: RoutingPlan,
    userTopic: TopicTemplate, jobTopic: TopicTemplate, deadLetterTopic: TopicTemplate,
    userPrincipal: PrincipalTemplate = .standard, accessMode: AccessMode = .off,
    jobTopics: JobTopics = JobTopics()
  ) {
    self.consumer = consumer
    self.producer = producer
    self.administration = administration
    self.inputs = inputs
    self.producers = producers
    self.delivery = delivery
    self.plan = plan
    self.userTopic = userTopic
    self.jobTopic = jobTopic
    self.deadLetterTopic = deadLetterTopic
    self.jobTopics = jobTopics
    userAccess = UserAccess(names: plan.names, principal: userPrincipal)
    self.accessMode = accessMode
  }

  /// What the index of jobs needs of these settings.
  public var jobIndex: JobIndexSettings {
    JobIndexSettings(
      consumer: consumer, producer: producer, administration: administration, instance: instance, names: plan.names,
      topic: jobIndexTopic, rules: jobRules, columns: jobColumns, messages: jobMessages, userNumbers: userNumbers)
  }

  /// This router's name among those of its group.
  public var instance: String { consumer["group.instance.id"] ?? "" }

  /// The group's name, for messages.
  public var group: String { consumer["group.id"] ?? "" }
}
