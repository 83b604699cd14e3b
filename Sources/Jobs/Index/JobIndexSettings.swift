public import Kafka
public import Naming
public import Topics

/// What the index of jobs needs of a router's settings.
public struct JobIndexSettings: Sendable {
  /// The properties of consumers, `group.id` included.
  public var consumer: ClientProperties
  /// The producers' properties.
  public var producer: ClientProperties
  /// The properties of clients that are neither.
  public var administration: ClientProperties
  /// The router's name among those of its group; empty for a reader of what routers publish.
  public var instance: String
  /// The names of the router's topics, the index's among them.
  public var names: TopicNames
  /// How the topic of the job index is created.
  public var topic: TopicTemplate
  /// When jobs change their state.
  public var rules: JobRules
  /// The columns of rows whose values are kept.
  public var columns: [JobColumn]
  /// The topics with Slurm's messages about jobs.
  public var messages: [String]
  /// The source of the names of users by their numbers.
  package var userNumbers: UserNumbers.Source

  /// The settings of a router's index.
  package init(
    consumer: ClientProperties, producer: ClientProperties, administration: ClientProperties, instance: String,
    names: TopicNames, topic: TopicTemplate, rules: JobRules, columns: [JobColumn], messages: [String],
    userNumbers: UserNumbers.Source
  ) {
    self.consumer = consumer
    self.producer = producer
    self.administration = administration
    self.instance = instance
    self.names = names
    self.topic = topic
    self.rules = rules
    self.columns = columns
    self.messages = messages
    self.userNumbers = userNumbers
  }

  /// The name of the consumers' group.
  package var group: String { consumer["group.id"] ?? "" }
}
