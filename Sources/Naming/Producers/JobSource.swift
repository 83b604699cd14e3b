/// Where the job of a row was found.
public enum JobSource: String, Sendable, Hashable, CaseIterable {
  /// In the producer's or the topic's name.
  case template
  /// In the `job_id` column.
  case column
  /// Nowhere: the producer name stands for it.
  case producer
}
