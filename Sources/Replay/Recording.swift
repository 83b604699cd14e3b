/// A recording of rows that a real LDMS stored into Kafka: a directory with `index.tsv`, one `<topic>.jsonl` per topic and, if it
/// knows the jobs, `timeline.tsv`.
///
/// A payload may hold newlines and NUL bytes, so the `.jsonl` files are cut by the lengths in `index.tsv`, never by
/// lines. `Recording+Reading.swift` reads one, `Tests/Fixtures/README.md` describes the columns.
public struct Recording: Sendable {
  /// The topics, in the order of their first rows.
  public let topics: [String]
  /// The rows in the order in which they were consumed; never empty.
  public let rows: [RecordedRow]
  /// The starts and ends of jobs, in the order of time; empty without `timeline.tsv`.
  public let timeline: [TimelineEntry]

  /// A recording of these rows.
  public init(topics: [String], rows: [RecordedRow], timeline: [TimelineEntry] = []) {
    self.topics = topics
    self.rows = rows
    self.timeline = timeline
  }
}
