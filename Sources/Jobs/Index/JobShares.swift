/// What all routers together know of a job.
extension [JobShare] {
  /// The number of rows in all shares.
  package var rows: UInt64 { indices.reduce(0) { $0 + self[$1].rows } }

  /// Whether its rows a second are known of any row schema.
  package var isRateKnown: Bool { indices.contains { self[$0].isRateKnown } }

  /// The rows per second in all shares, as far as they are known.
  package var rate: Double { indices.reduce(0) { $0 + self[$1].rate } }

  /// The time of its first row, in milliseconds since 1970.
  package var firstRow: Int64? {
    var first: Int64?
    for share in indices {
      for node in self[share].nodes.indices {
        let time = self[share].nodes[node].first
        first = Swift.min(first ?? time, time)
      }
    }
    return first
  }
}
