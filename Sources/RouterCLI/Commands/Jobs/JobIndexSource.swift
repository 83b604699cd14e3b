internal import Jobs
internal import Kafka
internal import MetricRouter
internal import Naming

/// The source of the index for `router jobs`.
///
/// Belongs to one thread.
protocol JobIndexSource: AnyObject {
  /// Takes new messages, and waits at most this long for them.
  func follow(milliseconds: Int32) throws(KafkaError)
  /// Whether everything has been read that was there at the start.
  var isComplete: Bool { get }
  /// The jobs of a query.
  func page(_ query: JobQuery) -> JobPage
  /// The jobs with this id.
  func jobs(_ job: Name, user: Name?) -> (jobs: [Job], totals: JobIndexTotals)
}
