internal import Jobs
internal import MetricRouter
internal import Naming

/// The subject of `router jobs`.
enum JobsSubject: Equatable {
  /// The jobs that fit.
  case list(JobQuery)
  /// One job; of which user, where that is said.
  case one(Name, user: Name?)
}
