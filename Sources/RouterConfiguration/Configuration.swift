public import Access
public import ConfigurationFiles
internal import Decomp
package import Jobs
internal import Logging
internal import Naming

/// The configuration: `router.yaml` and the environment, checked, with the defaults filled in.
///
/// `Configuration()` is what an empty file gives. What each value means is written once, in `ConfigurationKey.all`.
public struct Configuration: Sendable, Equatable {
  /// Properties for librdkafka.
  public var kafka = KafkaProperties()
  /// The consumer group; also the stem of the transactional id.
  public var group = "ldms-router"
  /// The name of this router in its group (`group.instance.id`); legal as a topic name.
  ///
  /// By default the host's name.
  public var instance = Configuration.hostName
  /// The files that hold decompositions.
  ///
  /// At least one.
  public var decomposition = [Located("decomp.json")]
  /// Topic names, and regular expressions that begin with `^`.
  ///
  /// Empty: the topics that the decomposition names.
  public var inputs: [Located<String>] = []
  /// What is promised about rows when something fails.
  public var delivery = Delivery.atLeastOnce
  /// How many producers share the output topics, 1 to 64; 0 for as many as the topics need.
  public var producers = Located(0)
  /// The topics that are written.
  public var topics = Topics()
  /// How the user, job and node of a row are found.
  public var identity = Identity()
  /// When jobs end, what is known of them, and what becomes of their topics.
  public var jobs = Jobs()
  /// Whether the router grants users their permissions.
  public var acl = Located(AccessMode.off)
  /// The Kafka principal of a user.
  public var aclPrincipal = Located(PrincipalTemplate.standard.description)
  /// Health, metrics and the state of jobs over HTTP.
  public var http = HTTP()
  /// The log.
  public var log = Log()

  /// The defaults.
  public init() {}
}

extension Configuration {
  /// What is promised about rows when something fails.
  public enum Delivery: String, Sendable, CaseIterable {
    /// An offset is committed when every row before it was acknowledged: no row is lost, some may come twice.
    case atLeastOnce = "at-least-once"
    /// Rows and offsets are written in transactions: who reads committed rows sees each row once.
    case exactlyOnce = "exactly-once"
  }

  /// The topics that are written.
  public struct Topics: Sendable, Equatable {
    /// The first part of the name of every topic that the router writes.
    public var prefix = Located("ldms")
    /// The directory with the declarations of the topics.
    public var directory = Located("topics")
    /// How many topics may be new in a minute, and at once.
    public var newPerMinute = 10_000
    /// How many topics of one user may be new in a minute, and at once.
    public var newPerUser = 2000
    /// How many users may have topics.
    public var maxUsers = 10_000

    /// The defaults.
    public init() {}
  }

  /// How the user, job and node of a row are found.
  ///
  /// The patterns are not checked here.
  public struct Identity: Sendable, Equatable {
    /// Templates for producer names, tried in order.
    ///
    /// At least one.
    public var producers = ProducerTemplates.standard.map { Located($0) }
    /// The nodes, as a Slurm hostlist; may be empty, unless a template needs them.
    public var nodes = Located("")
    /// A pattern for the names of input topics that hold a producer; may be empty.
    public var topic = Located("")
    /// Templates for the names of metric sets that hold the job's number; may be none.
    public var instances: [Located<String>] = []
    /// The metrics that may hold the number of a row's job.
    public var job = RowSchema.standardJobMetrics.map { Located($0) }
    /// How long a row waits for the owner of its job to become known.
    public var ownerWait = Duration.seconds(30)
    /// The users that may have topics, as ``UserRule`` reads them.
    public var users = [Located("any")]
    /// The row schemas that name owners of jobs.
    package var owners: [Located<OwnerRule>] = []
    /// The source of user names by number: `system`, or the path of a file.
    public var userIDs = Located("system")
    /// Whether rows without a job's number are their host's only job's.
    public var byNode = Located(ByNode.off)
    /// What becomes of rows of hosts that jobs of several users share.
    public var sharedNodes = SharedNodes.withhold

    /// The defaults.
    public init() {}

    /// Whether rows without a job's number are their host's only job's.
    public enum ByNode: String, Sendable, CaseIterable {
      /// Nobody gets the rows.
      case off
      /// The rows belong to the job, if Slurm's messages name exactly one there.
      case exclusive
    }

    /// What becomes of rows of hosts that jobs of several users share.
    public enum SharedNodes: String, Sendable, CaseIterable {
      /// Nobody gets them.
      case withhold
      /// The user with the job number of the row gets it.
      case route
    }
  }

  /// When jobs end, what is known of them, and what becomes of their topics.
  public struct Jobs: Sendable, Equatable {
    /// How long a job or a node has no row before it is silent.
    public var silentAfter = Duration.seconds(15)
    /// How long a job has no row before it counts as ended.
    public var endedAfter = Duration.seconds(60)
    /// How long an ended job stays in the index.
    public var keepEnded = Duration.seconds(86_400)
    /// The topics with Slurm's messages about jobs; may be empty.
    public var events: [Located<String>] = []
    /// How long the topic of an ended job is kept; zero: forever.
    public var topicTTL = Duration.seconds(86_400)
    /// How many jobs may have a topic at a time.
    public var maxTopics = 10_000
    /// The columns of rows whose values the index keeps of each job, as ``JobColumn`` reads them.
    public var columns = JobColumn.standard.map { Located($0.description) }

    /// The defaults.
    public init() {}
  }

  /// The log.
  public struct Log: Sendable, Equatable {
    /// The least important messages that are written.
    public var level = Level.info
    /// How messages are written.
    public var format = Format.text

    /// The defaults.
    public init() {}

    /// How important a message is; the most important first.
    public enum Level: String, Sendable, CaseIterable {
      case error
      case warning
      case info
      case debug
    }

    /// How messages are written.
    public enum Format: String, Sendable, CaseIterable {
      /// Lines for people.
      case text
      /// One JSON object a line.
      case json
    }
  }
}
