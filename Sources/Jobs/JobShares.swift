/// What all routers together know of a job.
extension [JobShare] {
  /// Its rows.
  package var rows: UInt64 { indices.reduce(0) { $0 + self[$1].rows } }

  /// Whether its rows a second are known of any row schema.
  package var isRateKnown: Bool { indices.contains { self[$0].isRateKnown } }

  /// Its rows a second, as far as they are known.
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
