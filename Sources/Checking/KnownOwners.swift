public import Jobs
public import Naming

/// The owners of jobs, for the check of a row that only its job number leads to a user.
public struct KnownOwners: Sendable {
  private(set) var jobs: JobOwners
  /// Whether it is all that a router knows now, so that a job that is missing here is an unknown one.
  let isComplete: Bool
  /// What `add` was told: the nodes of a user's job, `nil` for all.
  private var said: [JobKey: [Name]?] = [:]

  /// What a cluster's routers know.
  init(_ jobs: JobOwners) {
    self.jobs = jobs
    isComplete = true
  }

  /// Owners that are empty until `add` is called.
  public init(_ rules: JobRules = JobRules()) {
    jobs = JobOwners(rules: rules.owners)
    // What an operator says of jobs is all that there is to know.
    jobs.messagesRead = .max
    isComplete = false
  }

  /// Has the job belong to this user at all times, whatever was known of that user's job.
  ///
  /// - Parameter nodes: where it runs, beside what was said before; `nil` where that is not said, and any node is one of its.
  public mutating func add(job: UInt64, user: Name, nodes: [Name]?) {
    let key = JobKey(user: user, job: Name(String(job)))
    let all: [Name]? =
      if let before = said[key] { before.flatMap { before in nodes.map { Set(before + $0).sorted() } } } else { nodes }
    said[key] = .some(all)
    jobs.set(job, of: user, to: [JobClaim(.slurm, from: 0, to: nil, nodes: all)])
  }

  /// Whether somebody is known to have a job with this number.
  func knows(_ job: UInt64) -> Bool { jobs.knows(job) }
}
