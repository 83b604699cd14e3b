internal import Kafka
internal import MetricRouter
internal import Naming
internal import Tailing

/// Finds the topic that `router tail` is to read.
struct TailSearch {
  let user: Name?
  let job: Name?
  let names: TopicNames

  /// How many names a message lists.
  private static let mostListed = 5

  /// The topic, once it is there.
  ///
  /// - Returns: the topic, and whether it was not there at first.
  func run(
    _ connection: TailConnection, waits: Bool, _ notes: TailNotes
  ) throws(CommandFailure) -> (TailTarget, wasWaitedFor: Bool) {
    var wasWaitedFor = false
    while true {
      do {
        return (try find(connection), wasWaitedFor)
      } catch {
        guard waits, error.exitCode == .inputMissing else { throw error }
        try notes.tell("\(error.message); waiting for it")
        wasWaitedFor = true
      }
      if Interruption.wait(atMost: .seconds(1)), let code = Interruption.exitCode { throw CommandFailure(code, "") }
    }
  }

  private func find(_ connection: TailConnection) throws(CommandFailure) -> TailTarget {
    let user: Name
    if let given = self.user {
      user = given
    } else {
      user = try userOfJob(connection)
    }
    guard let topic = job.map({ names.job($0, user: user) }) ?? names.user(user) else {
      throw CommandFailure(
        .usage,
        "no topic can be named after user '\(user)'\(job.map { " and job '\($0)'" } ?? ""): it would be too long",
        hint: "Topics have at most \(TopicNames.longestName) characters. See 'router help tail'.")
    }
    guard let description = try connection.describe(topic) else { throw try missing(topic, user, connection) }
    return TailTarget(topic: topic, partitionCount: description.partitionCount, user: user, job: job)
  }

  private func userOfJob(_ connection: TailConnection) throws(CommandFailure) -> Name {
    let job = job ?? Name([])
    let visible = VisibleTopics(try connection.topics(), names: names)
    let users = visible.users(ofJob: job)
    if let user = users.first, users.count == 1 { return user }
    guard users.isEmpty else {
      throw CommandFailure(
        .usage, "job '\(job)' has topics of several users: \(Self.list(users))",
        hint: "Choose one with --user.")
    }
    let jobs = Set(visible.jobs.flatMap(\.jobs)).sorted()
    var hint = visible.nearestJob(to: job, ofUser: nil).map { "Did you mean --job \($0)? " } ?? Self.jobs(jobs)
    hint += Self.later
    if visible.users.isEmpty {
      hint +=
        "\nNo user topic is visible: the topic prefix is \(names.prefix) (--prefix), and the list contains only topics "
        + "that you can read."
    }
    throw CommandFailure(
      .inputMissing, "there is no topic \(names.prefix).user.USER.job.\(TopicNameEncoding.encode(job))", hint: hint)
  }

  private func missing(
    _ topic: String, _ user: Name, _ connection: TailConnection
  ) throws(CommandFailure) -> CommandFailure {
    let visible = VisibleTopics(try connection.topics(), names: names)
    var hint = ""
    if !visible.users.contains(user) {
      if let near = visible.nearestUser(to: user) {
        hint = "Did you mean --user \(near)? "
      } else if !visible.users.isEmpty {
        hint = "There are topics of \(Self.list(visible.users)). "
      }
    } else if let job {
      let jobs = visible.jobs(ofUser: user)
      if let near = visible.nearestJob(to: job, ofUser: user) {
        hint = "Did you mean --job \(near)? "
      } else if let other = visible.users(ofJob: job).first {
        hint = "Job \(job) belongs to user \(other). "
      } else {
        hint = Self.jobs(jobs)
      }
    }
    return CommandFailure(.inputMissing, "there is no topic \(topic)", hint: hint + Self.later)
  }

  private static let later = "A topic is created with its first row; --wait waits for it."

  private static func jobs(_ jobs: [Name]) -> String {
    jobs.isEmpty ? "" : "There are topics of the jobs \(list(jobs)). "
  }

  private static func list(_ names: [Name]) -> String {
    let shown = names.prefix(mostListed).map(\.description).joined(separator: ", ")
    return names.count > mostListed ? "\(shown) and \(names.count - mostListed) more" : shown
  }
}
