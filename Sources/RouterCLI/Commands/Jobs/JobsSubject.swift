internal import Jobs
internal import MetricRouter
internal import Naming

/// What `router jobs` is asked for.
enum JobsSubject: Equatable {
  /// The jobs that fit.
  case list(JobQuery)
  /// One job; of which user, where that is said.
  case one(Name, user: Name?)
}
