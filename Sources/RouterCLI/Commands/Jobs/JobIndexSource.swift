internal import Jobs
internal import Kafka
internal import MetricRouter
internal import Naming

/// Where `router jobs` has the index from.
///
/// Belongs to one thread.
protocol JobIndexSource: AnyObject {
  /// Takes what has come, and waits for it at most so long.
  func follow(milliseconds: Int32) throws(KafkaError)
  /// Whether everything has been read that was there at the start.
  var isComplete: Bool { get }
  /// The jobs that are asked for.
  func page(_ query: JobQuery) -> JobPage
  /// The jobs with this id.
  func jobs(_ job: Name, user: Name?) -> (jobs: [Job], totals: JobIndexTotals)
}
