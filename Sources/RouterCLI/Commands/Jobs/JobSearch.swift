internal import Jobs
internal import MetricRouter
internal import Naming
internal import Wording

/// Finds a job, or suggests what was probably meant.
struct JobSearch {
  let source: any JobIndexSource

  /// How many names a message lists.
  private static let mostListed = 5

  /// The only job with this id, of this user or of any.
  func find(_ job: Name, user: Name?) throws(CommandFailure) -> (job: Job, totals: JobIndexTotals) {
    let (jobs, totals) = source.jobs(job, user: user)
    guard let found = jobs.first else { throw missing(job, user) }
    guard jobs.count == 1 else {
      let owners = jobs.map { "\($0.key.user) (\($0.state.rawValue))" }.joined(separator: ", ")
      throw CommandFailure(
        .checkFailed, "\(jobs.count) users have a job '\(job)': \(owners)", hint: "Choose one with --user.")
    }
    return (found, totals)
  }

  private func missing(_ job: Name, _ user: Name?) -> CommandFailure {
    let all = source.page(JobQuery()).jobs.map(\.key)
    var hint = ""
    let owners = all.filter { $0.job == job }.map(\.user)
    if let user, !all.contains(where: { $0.user == user }) {
      let users = Set(all.map(\.user)).sorted()
      if let near = nearest(to: user, among: users) {
        hint = "Did you mean --user \(near)? "
      } else if !users.isEmpty {
        hint = "There are jobs of \(Self.list(users)). "
      }
    } else if let owner = owners.first {
      hint = "Job \(job) belongs to user \(owner). "
    } else {
      let jobs = all.filter { user == nil || $0.user == user }.sorted().map(\.job)
      // Of numbers nobody can tell which was meant.
      let isNumber = job.bytes.allSatisfy { (0x30...0x39).contains($0) }
      if !isNumber, let near = nearest(to: job, among: jobs) {
        hint = "Did you mean \(near)? "
      } else if !jobs.isEmpty {
        hint = "There are the jobs \(Self.list(jobs)). "
      }
    }
    return CommandFailure(
      .inputMissing, "there is no job '\(job)'\(user.map { " of user '\($0)'" } ?? "")",
      hint: hint + "The index knows a job from its first row until some time after its end (jobs.keep-ended).")
  }

  /// Why a list is empty.
  func absence(_ query: JobQuery) -> String {
    let all = source.page(JobQuery()).jobs
    let users = Set(all.map(\.key.user)).sorted()
    if let user = query.user, !users.contains(user) {
      let near = nearest(to: user, among: users).map { " Did you mean \($0)?" } ?? ""
      return "There are no jobs of user '\(user)'.\(near)"
    }
    let nodes = Set(all.flatMap { $0.nodes.map(\.node) }).sorted()
    if let node = query.node, !nodes.contains(node) {
      let near = nearest(to: node, among: nodes).map { " Did you mean \($0)?" } ?? ""
      return "No job has rows from node '\(node)'.\(near)"
    }
    var anyState = query
    anyState.states = nil
    let others = source.page(anyState).jobs.filter { query.states?.contains($0.state) == false }
    guard !others.isEmpty else { return "There are no jobs." }
    let states = (query.states ?? []).map(\.rawValue).sorted().joined(separator: " or ")
    let found = Set(others.map(\.state.rawValue)).sorted().joined(separator: ",")
    return "No job is \(states). --state \(found) shows \(HumanFormat.count(others.count)) more."
  }

  private func nearest(to name: Name, among names: [Name]) -> Name? {
    nearestName(to: name.description, among: names.map(\.description)).flatMap { near in
      names.first { $0.description == near }
    }
  }

  private static func list(_ names: [Name]) -> String {
    let shown = names.prefix(mostListed).map(\.description).joined(separator: ", ")
    return names.count > mostListed ? "\(shown) and \(names.count - mostListed) more" : shown
  }
}
