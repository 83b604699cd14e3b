/// The source of a row's job.
public enum JobSource: String, Sendable, Hashable, CaseIterable {
  /// The name of the producer or of the topic.
  case template
  /// The `job_id` column.
  case column
  /// Nowhere: the producer name stands for it.
  case producer
}
