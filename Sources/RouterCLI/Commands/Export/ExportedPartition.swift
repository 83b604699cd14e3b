internal import Exporting
internal import Kafka

/// A partition of a user's topic, as `router export` reads it.
struct ExportedPartition {
  let partition: TopicPartition
  /// The position of its user.
  let user: Int
  var course = PartitionCourse()
  /// Whether it is being read.
  var isBegun = false
  /// Where it has to be read to, without following; known once it was begun.
  var end: Int64?
  /// Whether it has been read to there.
  var isDone = false
}
