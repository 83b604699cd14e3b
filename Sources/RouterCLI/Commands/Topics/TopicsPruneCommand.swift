internal import ConfigurationFiles
internal import Glibc
internal import Kafka
internal import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Runtime
internal import Topics
internal import Wording

/// `router topics prune`: deletes the topics of old jobs by hand.
enum TopicsPruneCommand {
  static let olderThan = Option.duration(
    "older-than", value: "DURATION", in: .seconds(1)...(.seconds(86_400 * 3650)),
    help: "Topics whose last message is older than DURATION; default: jobs.topic-ttl of router.yaml.")
  static let apply = Option.flag("apply", help: "Delete them, after asking.")
  static let yes = Option.flag("yes", help: "Delete them without asking.")

  static let command = Command(
    name: "prune",
    abstract: "Delete the topics of jobs without recent rows",
    discussion: """
      Lists the topics of jobs whose last message (a row, or the message that the job has ended) is older than \
      --older-than. Without --apply or --yes, it deletes nothing. It never deletes topics of users, the dead-letter topic \
      or input topics, nor topics that have had no row yet or that are being written.

      A running router does this itself (jobs.topic-ttl). Before you do it by hand, make sure that the router is not \
      behind: if rows of a running job still wait in the input topics, the router creates the job's topic again for them, \
      without the deleted rows.

      It needs READ permission on the topics and on the configured consumer group, and DELETE permission on the topics.
      """,
    options: [olderThan, TopicsListCommand.user, apply, yes, SharedOptions.json, SharedOptions.timeout],
    examples: [
      CommandExample("router topics prune", "Show what would be deleted."),
      CommandExample(
        "router topics prune --older-than 7d --user alice --apply", "Delete topics of alice's old jobs, after asking."),
      CommandExample("router topics prune --older-than 30d --yes --json", "Delete in a script, without asking."),
    ],
    exits: [CommandExit(.checkFailed, "Topics to delete were found but not deleted.")]
      + TopicsCommand.brokerExits,
    run: run)

  private static func run(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandFailure) -> ExitCode {
    let configuration = try ConfiguredSetup.configuration(arguments, context)
    let names: TopicNames
    do {
      names = try TopicNames(prefix: configuration.topics.prefix.value)
    } catch {
      throw ConfiguredSetup.failure(
        ConfigurationErrors([ConfigurationProblem(configuration.topics.prefix.place, "topics.prefix: \(error)")]))
    }
    let age = try age(arguments, configuration)
    let connection = try TopicsConnection(configuration, timeout: arguments[SharedOptions.timeout])
    let cluster = try connection.cluster(context)
    guard connection.hasController(cluster) else { throw connection.withoutController }
    var notes: [String] = []
    let old = try find(names, cluster, age, arguments, connection, configuration, context, &notes)
    let isAsked = arguments[apply] || arguments[yes]
    guard !old.isEmpty,
      arguments[yes]
        ? true
        : arguments[apply]
          ? try context.isAgreed("Delete \(counted(old.count)), rows included?", showing: table(old)) : false
    else {
      try print(old, deleted: [], arguments, context)
      let count = counted(old.count)
      if old.isEmpty {
        notes.append("No job topic is that old.")
      } else {
        let again = arguments.command(
          "router topics prune", keeping: [SharedOptions.config, olderThan, TopicsListCommand.user], adding: ["--apply"]
        )
        notes.append(isAsked ? "\(count) not deleted." : "\(count) would be deleted; '\(again)' does it.")
      }
      try context.tell(notes)
      return old.isEmpty ? .ok : .checkFailed
    }
    try Interruption.watch()
    let client = try client(ofUncommitted: configuration, connection)
    let (deleted, failures, written) = delete(old, connection, client, context)
    if written > 0 { notes.append("\(counted(written)) left: rows arrived in the meantime.") }
    let shown = arguments[SharedOptions.json] ? old : old.filter { deleted.contains($0.topic) }
    try print(shown, deleted: deleted, arguments, context)
    try context.tell(notes + ["\(counted(deleted.count)) deleted."])
    if let error = failures.first { throw failure(error, failures.count, names, connection) }
    return Interruption.exitCode ?? .ok
  }

  private static func age(
    _ arguments: ParsedArguments, _ configuration: Configuration
  ) throws(CommandFailure) -> Duration {
    if let age = arguments[olderThan] { return age }
    guard configuration.jobs.topicTTL > .zero else {
      throw CommandFailure(
        .usage, "jobs.topic-ttl is 0s, so no topic is ever too old",
        hint: "Set the age of the last message: router topics prune --older-than 7d")
    }
    return configuration.jobs.topicTTL
  }

  /// The topics that are old enough; notes say which cannot be told.
  private static func find(
    _ names: TopicNames, _ cluster: ClusterDescription, _ age: Duration, _ arguments: ParsedArguments,
    _ connection: TopicsConnection, _ configuration: Configuration, _ context: CommandContext, _ notes: inout [String]
  ) throws(CommandFailure) -> [TopicListing] {
    let user = arguments[TopicsListCommand.user].map { Name($0) }
    let jobs = cluster.topics.values.compactMap { topic -> (description: TopicDescription, own: OwnTopic)? in
      guard let own = names.read(topic.name), case .job(_, let owner) = own, user == nil || user == owner else {
        return nil
      }
      return (topic, own)
    }
    let ends = ends(
      jobs.map { ($0.description.name, $0.description.partitionCount) }, connection,
      try client(ofUncommitted: configuration, connection))
    var (listings, _) = try TopicsListCommand.read(jobs, of: cluster, connection, configuration, context, &notes)
    listings.sort { TopicListing.Order.user.places($0, before: $1) }
    let now = WallClock.milliseconds()
    let limit = age.wholeMilliseconds
    var old: [TopicListing] = []
    var counts = (new: 0, written: 0, unknown: 0)
    for listing in listings {
      let ends = (0..<listing.partitions).map { ends[TopicPartition(topic: listing.topic, partition: $0)] }
      switch JobTopicAge(listing.found, ends: ends, now: now, age: limit) {
      case .old: old.append(listing)
      case .young: break
      case .neverWritten: counts.new += 1
      case .beingWritten: counts.written += 1
      case .unknown: counts.unknown += 1
      }
    }
    if counts.new > 0 { notes.append("\(counted(counts.new)) kept: without a row yet, so the age is unknown.") }
    if counts.written > 0 { notes.append("\(counted(counts.written)) kept: being written.") }
    if counts.unknown > 0 { notes.append("\(counted(counts.unknown)) kept: not readable.") }
    return old
  }

  /// The ends of the topics with what belongs to transactions that are open.
  private static func ends(
    _ topics: [(name: String, partitions: Int32)], _ connection: TopicsConnection, _ client: AdminClient
  ) -> [TopicPartition: Watermarks] {
    let partitions = topics.flatMap { topic in
      (0..<topic.partitions).map { TopicPartition(topic: topic.name, partition: $0) }
    }
    return client.watermarks(of: partitions, timeoutMilliseconds: connection.timeoutMilliseconds)
      .compactMapValues { try? $0.get() }
  }

  /// A client that also sees the rows of transactions that are open.
  private static func client(
    ofUncommitted configuration: Configuration, _ connection: TopicsConnection
  ) throws(CommandFailure) -> AdminClient {
    var properties = try TopicsConnection.properties(configuration, .common)
    properties["isolation.level"] = "read_uncommitted"
    do {
      return try AdminClient(properties: properties, observer: connection.errors)
    } catch {
      throw connection.failure(error)
    }
  }

  private static func print(
    _ listings: [TopicListing], deleted: Set<String>, _ arguments: ParsedArguments, _ context: CommandContext
  ) throws(CommandFailure) {
    if arguments[SharedOptions.json] {
      let topics = listings.map { $0.json([.init("deleted", .boolean(deleted.contains($0.topic)))]) }
      let document = PagingOptions.members(total: listings.count) + [.init("topics", .list(topics))]
      try context.output.line(JSONTree.object(document).document)
    } else if !listings.isEmpty {
      try table(listings).print(to: context.output)
    }
    try context.output.flush()
  }

  private static func table(_ listings: [TopicListing]) -> Table {
    var table = Table(TopicListing.columns(withTopics: false))
    for listing in listings { table.add(listing.cells(withTopics: false)) }
    return table
  }

  /// Deletes topics, except those that received rows since they were listed: the user may have taken long to answer.
  private static func delete(
    _ old: [TopicListing], _ connection: TopicsConnection, _ client: AdminClient, _ context: CommandContext
  ) -> (deleted: Set<String>, failures: [KafkaError], written: Int) {
    let live = LiveRegion(output: context.errors, descriptor: 2)
    defer { try? live.finish(keepingLines: false) }
    var deleted: Set<String> = []
    var failures: [KafkaError] = []
    var written = 0
    for start in stride(from: 0, to: old.count, by: 100) {
      guard Interruption.signal == nil else { break }
      if start > 0 { try? live.draw(["\(HumanFormat.count(start)) of \(HumanFormat.count(old.count)) topics deleted"]) }
      let found = old[start..<min(start + 100, old.count)]
      let ends = ends(found.map { ($0.topic, $0.partitions) }, connection, client)
      let batch = found.filter { listing in
        listing.found.indices.allSatisfy { partition in
          let end = ends[TopicPartition(topic: listing.topic, partition: Int32(partition))]
          // Without an answer the topic may have been deleted by somebody else.
          return end == nil || end?.high == listing.found[partition].watermarks?.high
        }
      }.map(\.topic)
      written += found.count - batch.count
      do {
        let outcomes = try connection.client.deleteTopics(batch, timeoutMilliseconds: connection.timeoutMilliseconds)
        for outcome in outcomes {
          // Somebody else, the router perhaps, was quicker.
          if let error = outcome.error, error.code != .unknownTopicOrPartition {
            failures.append(error)
          } else {
            deleted.insert(outcome.topic)
          }
        }
      } catch {
        failures.append(error)
        break
      }
    }
    return (deleted, failures, written)
  }

  private static func failure(
    _ error: KafkaError, _ count: Int, _ names: TopicNames, _ connection: TopicsConnection
  ) -> CommandFailure {
    let more = count > 1 ? " (and \(HumanFormat.count(count - 1)) more)" : ""
    switch error.code {
    case .topicAuthorizationFailed, .clusterAuthorizationFailed:
      return CommandFailure(
        .refused, "a permission is missing: \(error)\(more)",
        hint:
          "To delete topics, DELETE permission is required on them, or on the prefix \(names.prefix).user. for the router's user."
      )
    case _ where error.code.rawValue > 0 && error.remedy == .giveUp:
      return CommandFailure(.refused, "the brokers do not delete a topic: \(error)\(more)")
    default:
      return connection.failure(error)
    }
  }

  private static func counted(_ count: Int) -> String {
    "\(HumanFormat.count(count)) job topic\(count == 1 ? "" : "s")"
  }
}
