import Glibc
import Kafka
import MetricRouter
import Naming

@testable import Jobs
@testable import RouterCLI

/// An index of jobs that a test has made.
final class FixedJobs: JobIndexSource {
  /// What a call of `follow` does.
  enum Step {
    case nothing
    case jobs([Job])
    case failure(KafkaErrorCode)
  }

  /// In the order in which they are shown.
  var jobs: [Job]
  var totals: JobIndexTotals
  var isComplete = true
  /// What the next calls of `follow` do.
  var steps: [Step] = []
  /// What was asked for.
  private(set) var queries: [JobQuery] = []

  init(_ jobs: [Job], totals: JobIndexTotals = SomeJobs.totals) {
    self.jobs = jobs
    self.totals = totals
  }

  func follow(milliseconds: Int32) throws(KafkaError) {
    usleep(useconds_t(min(milliseconds, 10)) * 1000)
    guard !steps.isEmpty else { return }
    switch steps.removeFirst() {
    case .nothing: break
    case .jobs(let jobs): self.jobs = jobs
    case .failure(let code): throw KafkaError(code, operation: "poll")
    }
  }

  func page(_ query: JobQuery) -> JobPage {
    queries.append(query)
    let wanted = jobs.filter { job in
      (query.user.map { $0 == job.key.user } ?? true) && (query.states?.contains(job.state) ?? true)
        && (query.node.map { node in job.nodes.contains { $0.node == node } } ?? true)
    }
    let ordered = query.isReversed ? wanted.reversed() : wanted
    return JobPage(
      jobs: Array(ordered.dropFirst(query.offset).prefix(query.limit)), count: wanted.count, totals: totals)
  }

  func jobs(_ job: Name, user: Name?) -> (jobs: [Job], totals: JobIndexTotals) {
    (jobs.filter { $0.key.job == job && (user == nil || $0.key.user == user) }, totals)
  }
}
