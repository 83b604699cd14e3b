/// How `router export` writes rows.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// As LDMS's CSV store writes them.
  case csv
  /// The row's bytes and a newline.
  case jsonl
}
