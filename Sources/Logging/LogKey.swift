/// The keys of a log line's details: constants, so that one thing has one name in every line.
public enum LogKey: String, Sendable {
  /// A topic's name, or several.
  case topic
  /// A number of partitions, or which they are.
  case partitions
  /// A number of producers.
  case producers
  /// How many partitions the router has now.
  case assigned
  /// Row schemas.
  case schemas
  /// The consumer group.
  case group
  /// This router's name in its group.
  case instance
  /// The brokers to connect to: `bootstrap.servers`.
  case brokers
  /// The address to listen on.
  case address
  /// What went wrong, in words.
  case error
  /// librdkafka's name of an error.
  case code
  /// Why a row is a dead letter: the value of its header.
  case reason
  /// What is wrong with that row.
  case detail
  /// The origin of a row: `<input topic>/<partition>@<life>/<offset>`.
  case row
  /// A user of the cluster, or several.
  case user
  /// A job's number.
  case job
  /// What to do about it.
  case remedy
  /// How many.
  case count
  /// The first offset.
  case from
  /// The last offset.
  case to
  /// Rows consumed.
  case consumed
  /// Rows that have arrived in the topics of their user and job.
  case routed
  /// Rows that went to the dead-letter topic.
  case deadLettered = "dead_lettered"
  /// Rows of hosts that ran no job.
  case unassigned
  /// Rows of hosts that ran jobs of several users.
  case withheld
  /// Rows stored to wait for the owner of their job.
  case postponed
  /// librdkafka's name for the place that speaks.
  case facility
  /// How often a line was held back since it was written last.
  case repeated
  /// The router's version.
  case version
  /// How long something waits.
  case after

  /// The key as it is written.
  public var name: String { rawValue }
}
