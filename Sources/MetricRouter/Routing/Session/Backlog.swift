/// How many rows wait to be consumed, and what that means.
enum Backlog {
  /// Below this, they are consumed in a moment.
  static let leastRows: Int64 = 20_000
  /// So many rows for each partition that is written make requests of several rows each.
  static let rowsPerPartition: Int64 = 20

  /// Whether so many rows wait that the router catches up, rather than routes rows as they are made.
  ///
  /// - Parameters:
  ///   - partitions: that are written.
  ///   - leastRows: so many are consumed in a moment.
  static func isLarge(rows: Int64, partitions: Int, leastRows: Int64 = leastRows) -> Bool {
    rows > max(leastRows, rowsPerPartition * Int64(partitions))
  }
}
