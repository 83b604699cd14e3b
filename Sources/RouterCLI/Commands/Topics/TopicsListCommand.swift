internal import ConfigurationFiles
internal import Jobs
internal import Kafka
internal import MetricRouter
internal import Naming
internal import RouterConfiguration
internal import Runtime
internal import Topics
internal import Wording

/// `router topics list`: what users' and jobs' topics hold.
enum TopicsListCommand {
  /// The states that an option can select.
  typealias State = TopicContent.State

  private static let which = "Which topics"

  static let user = Option.string(
    "user", value: "USER", group: which, completion: .dynamic(TopicCompletion.users), help: "Topics of USER only.")
  static let job = Option.string(
    "job", value: "JOB", group: which, completion: .dynamic(TopicCompletion.jobs), help: "The topic of JOB only.")
  static let state = Option.choice("state", value: "STATE", of: State.self, group: which, help: "Topics in STATE only.")
  static let all = Option.flag(
    "all", group: which,
    help:
      "Also the router's own: dead-letter topic, topic of waiting rows and job index, and how many rows are in no topic."
  )
  static let sort = Option.choice(
    "sort", value: "BY", default: TopicListing.Order.user,
    help: "Sort by BY: names ascending; most rows or bytes, or newest rows, first.")
  static let timeout = Option.duration(
    "timeout", value: "DURATION", in: .seconds(1)...(.seconds(3600)), default: .seconds(10),
    help: "How long the command may take.")

  static let command = Command(
    name: "list",
    abstract: "List the topics of users and jobs, and what they hold",
    discussion: """
      STATE is active if the last row is newer than 15 seconds, silent if it is older, ended if the topic contains the \
      message that the job has ended, empty if it holds no row, and unknown if its rows cannot be read or did not arrive within --timeout.

      ROWS is the number of existing rows. BYTES is the size of rows and keys as they were sent; Kafka stores them \
      compressed. ~ marks an estimate: of rows, if offsets may have no row (a compacted topic, transactions, unreadable \
      settings); of bytes, from the last \(PartitionSample.depth) rows of each partition if there are more. - means \
      unknown.

      To list a topic, DESCRIBE permission is required; for its bytes and its last row, READ permission on it and on the \
      configured consumer group, to which nothing is committed.
      """,
    options: [user, job, state, all, PagingOptions.limit, PagingOptions.offset, sort, SharedOptions.json, timeout],
    examples: [
      CommandExample("router topics --state active --sort rows", "List active topics, the most rows first."),
      CommandExample("router topics --user alice --json", "List the topics of alice, for a script."),
    ],
    exits: TopicsCommand.brokerExits + [CommandExit(.temporary, "Some partitions did not answer within --timeout.")],
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
    let connection = try TopicsConnection(configuration, timeout: arguments[timeout])
    let cluster = try connection.cluster(context)
    let found = cluster.topics.values.compactMap { topic in names.read(topic.name).map { (topic, $0) } }
    let wanted = found.filter { isWanted($0.1, arguments) }
    var notes: [String] = []
    var (listings, isComplete) = try read(
      wanted, of: cluster, connection, configuration, context, deadline: connection.deadline, &notes)
    if let state = arguments[state] { listings.removeAll { $0.content.state != state } }
    let order = arguments[sort]
    listings.sort { order.places($0, before: $1) }
    if listings.isEmpty { notes.append(absence(found.map(\.1), cluster, names, arguments)) }
    let counts = arguments[all] ? rows(cluster, names, connection, configuration, &notes) : nil
    let (limit, offset, total) = (arguments[PagingOptions.limit], arguments[PagingOptions.offset], listings.count)
    listings = Array(listings.dropFirst(offset).prefix(limit ?? .max))
    if listings.isEmpty, total > 0 {
      notes.append("--offset \(offset) skips all of them: there are \(HumanFormat.count(total)).")
    }
    var members = PagingOptions.members(total: total, limit: limit, offset: offset)
    if arguments[all] { members.append(.init("rows", counts?.json ?? .null)) }
    try print(listings, members, arguments, context)
    if context.output.terminal.isTerminal, !arguments[SharedOptions.json],
      let part = PagingOptions.remark("Topics", shown: listings.count, offset: offset, total: total)
    {
      try context.output.line("\n" + part)
    }
    try context.output.flush()
    try context.tell(notes)
    return isComplete ? .ok : .temporary
  }

  /// What has become of the rows of routers that run now, which for some leaves nothing in a topic of a user.
  private static func rows(
    _ cluster: ClusterDescription, _ names: TopicNames, _ connection: TopicsConnection,
    _ configuration: RouterConfiguration.Configuration, _ notes: inout [String]
  ) -> RowFateCounts? {
    guard let topic = cluster.topics[names.jobIndex],
      var properties = try? TopicsConnection.properties(configuration, .consumer)
    else { return nil }
    properties["group.id"] = configuration.group
    do {
      let rows = try RowFateReader.read(
        topic, properties, client: connection.client, observer: connection.errors,
        timeoutMilliseconds: connection.timeoutMilliseconds)
      if let rows {
        notes.append(
          "Rows in no topic since the routers started: \(HumanFormat.count(rows.unassigned)) unassigned,"
            + " \(HumanFormat.count(rows.withheld)) withheld. Rows that wait for the owner of their job:"
            + " \(HumanFormat.count(rows.waiting)).")
      }
      return rows
    } catch {
      notes.append("How many rows are in no topic is unknown: \(error)\(error.missingRight)")
      return nil
    }
  }

  private static func isWanted(_ topic: OwnTopic, _ arguments: ParsedArguments) -> Bool {
    let (user, job) = (arguments[user].map { Name($0) }, arguments[job].map { Name($0) })
    switch topic {
    case .user(let owner): return job == nil && (user == nil || user == owner)
    case .job(let name, let owner): return (user == nil || user == owner) && (job == nil || job == name)
    case .deadLetters, .waiting, .jobIndex: return arguments[all] && user == nil && job == nil
    }
  }

  /// What topics hold, and whether all partitions answered in time.
  ///
  /// - Parameter deadline: for all of it, by the monotonic clock; without one, the timeout is for each request.
  static func read(
    _ topics: [(description: TopicDescription, own: OwnTopic)], of cluster: ClusterDescription,
    _ connection: TopicsConnection,
    _ configuration: Configuration, _ context: CommandContext, deadline: Int64 = .max, _ notes: inout [String]
  ) throws(CommandFailure) -> (listings: [TopicListing], isComplete: Bool) {
    guard !topics.isEmpty else { return ([], true) }
    let live = LiveRegion(output: context.errors, descriptor: 2)
    defer { try? live.finish(keepingLines: false) }
    let compacted =
      connection.hasController(cluster)
      ? compactedTopics(topics.map(\.description.name), connection, deadline: deadline) : nil
    var properties = try TopicsConnection.properties(configuration, .consumer)
    properties["group.id"] = configuration.group
    let reader = TopicContentReader(
      connection.client, properties: properties, observer: connection.errors,
      timeoutMilliseconds: connection.timeoutMilliseconds)
    let answer: TopicContentReader.Answer
    do {
      answer = try reader.read(
        topics.map(\.description), deadline: deadline,
        progress: { done, count in
          guard count > 1000 else { return }
          try? live.draw(["\(HumanFormat.count(done)) of \(HumanFormat.count(count)) partitions read"])
        })
    } catch {
      throw connection.failure(error)
    }
    // What may be answered later is counted below.
    notes += answer.refusals.filter { $0.remedy != .retry }.map { "Some values are unknown: \($0)\($0.missingRight)" }
    if answer.lateCount > 0 {
      let partitions = "\(HumanFormat.count(answer.lateCount)) partition\(answer.lateCount == 1 ? "" : "s")"
      notes.append(
        "\(partitions) did not answer within \(DurationText.spelled(.milliseconds(connection.timeoutMilliseconds)));"
          + " increase --timeout.")
    }
    let listings = topics.map { topic in
      let found = answer.partitions[topic.description.name] ?? []
      return TopicListing(
        topic: topic.description.name, own: topic.own, partitions: topic.description.partitionCount,
        content: TopicContent(found, hasGaps: compacted?.contains(topic.description.name) ?? true, now: answer.time),
        time: answer.time, found: found)
    }
    return (listings, answer.lateCount == 0)
  }

  /// The topics whose offsets may be without rows, as far as the settings tell; `nil` where none may be seen.
  private static func compactedTopics(
    _ names: [String], _ connection: TopicsConnection, deadline: Int64
  ) -> Set<String>? {
    var compacted: Set<String> = []
    for start in stride(from: 0, to: names.count, by: 500) {
      let batch = Array(names[start..<min(start + 500, names.count)])
      let left = max(1, deadline - MonotonicClock.milliseconds())
      let settings = try? connection.client.describeSettings(
        ofTopics: batch, timeoutMilliseconds: min(connection.timeoutMilliseconds, Int32(clamping: left)))
      guard let settings else { return nil }
      for name in batch {
        let policy = try? settings[name]?.get().first { $0.name == "cleanup.policy" }?.value
        if policy != "delete" { compacted.insert(name) }
      }
    }
    return compacted
  }

  private static func print(
    _ listings: [TopicListing], _ paging: [JSONTree.Member], _ arguments: ParsedArguments, _ context: CommandContext
  ) throws(CommandFailure) {
    if arguments[SharedOptions.json] {
      let topics = JSONTree.Member("topics", .list(listings.map { $0.json() }))
      try context.output.line(JSONTree.object(paging + [topics]).document)
      return
    }
    guard !listings.isEmpty else { return }
    let withTopics = arguments[all]
    var table = Table(TopicListing.columns(withTopics: withTopics))
    for listing in listings { table.add(listing.cells(withTopics: withTopics)) }
    try table.print(to: context.output)
  }

  /// Why there is nothing to show.
  private static func absence(
    _ found: [OwnTopic], _ cluster: ClusterDescription, _ names: TopicNames, _ arguments: ParsedArguments
  ) -> String {
    let listings = found.map {
      TopicListing(topic: "", own: $0, partitions: 0, content: TopicContent([], hasGaps: false, now: 0))
    }
    let users = Set(listings.compactMap { $0.user?.text })
    guard !users.isEmpty else {
      let others = otherPrefixes(cluster)
      let hint =
        others.isEmpty
        ? "The router creates them with the first rows. To see them, DESCRIBE permission is required."
        : "There are topics with the prefix \(others.joined(separator: ", ")); topics.prefix in router.yaml sets it."
      return "No topic of a user or job begins with \(names.prefix).user. here. \(hint)"
    }
    if let user = arguments[user], !users.contains(user) {
      let near = nearestName(to: user, among: users.sorted()).map { " Did you mean \($0)?" } ?? ""
      return "There are no topics of user \(PrintableText.quoted(user)).\(near)"
    }
    if let job = arguments[job], !listings.contains(where: { $0.job?.text == job }) {
      return "There is no topic of job \(PrintableText.quoted(job))."
    }
    return "No topic matches."
  }

  /// Prefixes under which other routers' topics are.
  private static func otherPrefixes(_ cluster: ClusterDescription) -> [String] {
    let prefixes = cluster.topics.keys.compactMap { topic -> String? in
      let parts = topic.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count >= 4, parts.last == "rows", parts[parts.count - 3] == "user" else { return nil }
      return parts.dropLast(3).joined(separator: ".")
    }
    return Array(Set(prefixes).sorted().prefix(5))
  }
}

extension KafkaError {
  /// What to ask the operator of the brokers for.
  fileprivate var missingRight: String {
    switch code {
    case .topicAuthorizationFailed: ". For bytes and last row, READ permission on the topics is required."
    case .groupAuthorizationFailed:
      ". For bytes and last row, READ permission on the consumer group (group in router.yaml) is required."
    default: ""
    }
  }
}
