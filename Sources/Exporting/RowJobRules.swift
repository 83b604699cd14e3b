public import Naming

/// How a site's rows say whose they are, as its router is told (`identity`).
public struct RowJobRules: Sendable {
  /// How producers are read.
  public var producers: ProducerTemplates
  /// How the names of metric sets are read.
  public var instances: InstanceTemplates
  /// How the names of input topics are read; `nil` where they say nothing.
  public var topic: TopicIdentity?
  /// The columns that may have the number of the job, in the order in which they are asked.
  public var jobColumns: [Name]
  /// Further forms of producers: where the user is known, they need no list of nodes.
  public var loosePatterns: [NamePattern]

  /// These rules.
  public init(
    producers: ProducerTemplates, instances: InstanceTemplates = .none, topic: TopicIdentity? = nil,
    jobColumns: [Name] = [Name("job_id")], loosePatterns: [NamePattern] = []
  ) {
    self.producers = producers
    self.instances = instances
    self.topic = topic
    self.jobColumns = jobColumns
    self.loosePatterns = loosePatterns
  }
}
