/// How many rows wait to be consumed, and what that means.
enum Backlog {
  /// Below this, they are consumed in a moment.
  static let leastRows: Int64 = 20_000
  /// How many rows per written partition lead to requests of several rows each.
  static let rowsPerPartition: Int64 = 20

  /// Whether so many rows wait that the router is catching up, rather than routing live rows.
  ///
  /// - Parameters:
  ///   - partitions: that are written.
  ///   - leastRows: so many are consumed in a moment.
  static func isLarge(rows: Int64, partitions: Int, leastRows: Int64 = leastRows) -> Bool {
    rows > max(leastRows, rowsPerPartition * Int64(partitions))
  }
}
