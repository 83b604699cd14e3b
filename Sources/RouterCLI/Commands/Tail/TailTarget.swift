internal import MetricRouter
internal import Naming

/// The topic that `router tail` reads.
struct TailTarget {
  let topic: String
  let partitionCount: Int32
  /// The user of the topic.
  let user: Name
  /// The job whose topic it is; nil for the user's.
  let job: Name?
}
