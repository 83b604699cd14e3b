public import Access
public import Jobs
public import Kafka
public import Naming
public import RouterConfiguration
public import Topics

/// Everything that a router needs to run, checked: where to connect, what to read, how to route, and how to create topics.
public struct RouterSettings: Sendable {
  /// When the topics of jobs end and are deleted, and how many there may be.
  public struct JobTopics: Sendable, Equatable {
    /// How long the topic of an ended job is kept; `nil`: forever.
    public var timeToLiveMilliseconds: Int64?
    /// How long a job has no row before it counts as ended.
    public var endedAfterMilliseconds: Int64
    /// How many jobs may have a topic at a time.
    public var limit: Int

    /// These rules.
    public init(
      timeToLiveMilliseconds: Int64? = 86_400_000, endedAfterMilliseconds: Int64 = 60000, limit: Int = 10000
    ) {
      self.timeToLiveMilliseconds = timeToLiveMilliseconds
      self.endedAfterMilliseconds = endedAfterMilliseconds
      self.limit = limit
    }
  }

  /// How many new topics the router may create.
  public struct NewTopics: Sendable, Equatable {
    /// The number of topics per minute, and at once after a quiet minute.
    public var perMinute: Int
    /// The number of these topics that may belong to one user.
    public var perUser: Int
    /// The number of users that may have topics.
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
    /// As many producers as the topics need.
    case automatic
    /// A fixed number of producers, which share the topics evenly.
    case fixed(Int)
  }

  /// When producers are replaced because idle topics have gathered in them: a producer of librdkafka never forgets a topic.
  public struct Rotation: Sendable, Equatable {
    /// How long a topic has no row before it counts as idle.
    public var idleMilliseconds: Int64 = 300_000
    /// How many idle topics may gather in any producer; a producer with more active topics may have as many idle ones.
    public var leastIdle = 64
    /// How often the router looks for idle topics.
    public var sweepMilliseconds: Int64 = 30000

    /// The rules of a router.
    public init() {}
  }

  /// The properties of the consumer, `group.id` and `group.instance.id` included.
  public var consumer: ClientProperties
  /// The properties of the producers.
  public var producer: ClientProperties
  /// The properties of administration clients.
  public var administration: ClientProperties
  /// The topics to read; one that begins with `^` is a regular expression.
  public var inputs: [String]
  /// The topics that the consumer subscribes to: the inputs, and the topic of waiting rows.
  var subscription: [String] { inputs + [plan.names.waiting] }
  /// How long a row waits for the owner of its job to become known, in milliseconds.
  public var ownerWaitMilliseconds: Int64 = 30000
  /// How many producers share the topics.
  public var producers: Producers
  /// How many partitions a producer has before the next one is opened, with `automatic`.
  package var partitionsPerProducer = 256
  /// How long producers let rows wait for others of the same topic.
  package var linger = LingerPolicy.configured
  /// How many rows wait to be consumed before the router counts as catching up.
  package var backlogRows = Backlog.leastRows
  /// The delivery guarantee.
  public var delivery: Configuration.Delivery
  /// How rows are read, and how their owners are found.
  public var plan: RoutingPlan
  /// How the topics that the router writes are created.
  public var templates: TopicTemplates
  /// When the topics of jobs end and are deleted.
  public var jobTopics: JobTopics
  /// How many new topics may be created.
  public var newTopics = NewTopics()
  /// When jobs change their state in the index.
  public var jobRules = JobRules()
  /// The columns of rows whose values the index keeps.
  public var jobColumns: [JobColumn] { plan.columns }
  /// The source of the names of users by their numbers.
  package var userNumbers = UserNumbers.Source.system
  /// The topics with Slurm's messages about jobs.
  public var jobMessages: [String] = []
  /// When producers are replaced.
  public var rotation = Rotation()
  /// The permissions of users on their topics.
  public var userAccess: UserAccess
  /// Whether the router grants these permissions.
  public var accessMode: AccessMode

  /// Settings for a router; the properties that are no parameters have their defaults.
  public init(
    consumer: ClientProperties, producer: ClientProperties, administration: ClientProperties, inputs: [String],
    producers: Producers = .automatic, delivery: Configuration.Delivery = .atLeastOnce, plan: RoutingPlan,
    templates: TopicTemplates, userPrincipal: PrincipalTemplate = .standard, accessMode: AccessMode = .off,
    jobTopics: JobTopics = JobTopics()
  ) {
    self.consumer = consumer
    self.producer = producer
    self.administration = administration
    self.inputs = inputs
    self.producers = producers
    self.delivery = delivery
    self.plan = plan
    self.templates = templates
    self.jobTopics = jobTopics
    userAccess = UserAccess(names: plan.names, principal: userPrincipal)
    self.accessMode = accessMode
  }

  /// The settings of the job index.
  public var jobIndex: JobIndexSettings {
    JobIndexSettings(
      consumer: consumer, producer: producer, administration: administration, instance: instance, names: plan.names,
      topic: templates.jobIndex, rules: jobRules, columns: jobColumns, messages: jobMessages, userNumbers: userNumbers)
  }

  /// This router's name among those of its group.
  public var instance: String { consumer["group.instance.id"] ?? "" }

  /// The group's name, for messages.
  public var group: String { consumer["group.id"] ?? "" }
}
