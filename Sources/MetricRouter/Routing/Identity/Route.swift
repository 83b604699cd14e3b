/// The topics of the rows of one producer (and job). A trivial type, so that reading it costs no reference counting.
struct Route {
  /// The user's topic, as a position in `OutputTopics`.
  var userOutput: Int32
  /// The job's topic; -1 where too many jobs have one.
  var jobOutput: Int32
  /// The partition for this route's node in either topic, once the topic is ready.
  var userPartition: Int32 = 0
  var jobPartition: Int32 = 0
  /// The topics' handles; both (or the user's alone, where the job has no topic) are set when the route is ready, and only
  /// then.
  var userTopic: OutputProducers.Handle?
  var jobTopic: OutputProducers.Handle?
  /// Rows that were sent along it.
  var rows: UInt64 = 0
  /// The bytes of those rows.
  var bytes: UInt64 = 0
}
