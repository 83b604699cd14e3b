/// How `router tail` prints rows.
enum TailFormat: String, CaseIterable, Sendable {
  /// The row's bytes as they are.
  case json
  /// Values separated by commas.
  case csv
  /// Aligned columns.
  case table
}
