/// What all routers together know of a job.
extension [JobShare] {
  /// Its rows.
  var rows: UInt64 { indices.reduce(0) { $0 + self[$1].rows } }

  /// Its rows a second.
  var rate: Double { indices.reduce(0) { $0 + self[$1].rate } }

  /// The time of its first row, in milliseconds since 1970.
  var firstRow: Int64? {
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
