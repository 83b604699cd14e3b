internal import Jobs
internal import Kafka
internal import MetricRouter
internal import Naming

/// The index that the routers of a group publish.
final class FollowedJobs: JobIndexSource {
  private let follower: JobIndexFollower

  init(_ follower: JobIndexFollower) {
    self.follower = follower
  }

  func follow(milliseconds: Int32) throws(KafkaError) { try follower.follow(milliseconds: milliseconds) }

  var isComplete: Bool { follower.isComplete }

  func page(_ query: JobQuery) -> JobPage { follower.index.page(query) }

  func jobs(_ job: Name, user: Name?) -> (jobs: [Job], totals: JobIndexTotals) {
    let page = follower.index.jobs(job, user: user)
    return (page.jobs, page.totals)
  }
}
