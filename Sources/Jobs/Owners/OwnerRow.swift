package import Naming

/// What a row of an authority says: whose a job is, and where and when it was.
package struct OwnerRow: Sendable, Hashable {
  /// The user as the row has it.
  package enum User: Sendable, Hashable {
    case name(Name)
    /// A user number, whose name is in the user database.
    case number(UInt32)
  }

  /// The job's number, never 0.
  package var job: UInt64
  package var user: User
  /// The host; `nil` where the rule names no column for it.
  package var host: Name?
  /// The row's `component_id`; `nil` where it has none, or that is the job's number.
  package var component: UInt64?
  /// When the job began and ended, in milliseconds since 1970; `nil` where the row does not say.
  package var start: Int64?
  package var end: Int64?
  /// The row's own time.
  package var time: Int64
  /// Whether the rows of this authority say when jobs begin and end.
  package var saysTimes: Bool

  /// A row.
  package init(
    job: UInt64, user: User, host: Name? = nil, component: UInt64? = nil, start: Int64? = nil, end: Int64? = nil,
    time: Int64, saysTimes: Bool = false
  ) {
    self.job = job
    self.user = user
    self.host = host
    self.component = component
    self.start = start
    self.end = end
    self.time = time
    self.saysTimes = saysTimes
  }

  /// What it claims.
  package var claim: JobClaim {
    guard saysTimes, let start else { return JobClaim(.seen, from: time, to: time, nodes: nil) }
    return JobClaim(.rows, from: start, to: end.map { max($0, start) }, nodes: nil)
  }
}
