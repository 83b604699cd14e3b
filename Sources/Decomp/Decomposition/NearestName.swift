/// The name that someone who wrote `name` most likely meant: at most a third of the letters away, and no less than the
/// others.
///
/// `nil` if there is none.
func nearestName(to name: String, among candidates: [String]) -> String? {
  let written = Array(name.utf8)
  guard (2...40).contains(written.count) else { return nil }
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(written, Array(candidate.utf8))
    guard distance * 3 <= written.count, distance < best?.distance ?? .max else { continue }
    best = (candidate, distance)
  }
  return best?.name
}

/// The number of letters to insert, remove, replace, or swap with their neighbour; case does not count.
private func editDistance(_ from: [UInt8], _ to: [UInt8]) -> Int {
  let from = from.map { $0 | 0x20 }
  let to = to.map { $0 | 0x20 }
  var rows = [Array(0...to.count)]
  for i in 1..<(from.count + 1) {
    var row = [i]
    for j in 1..<(to.count + 1) {
      var cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1))
      if i > 1, j > 1, from[i - 1] == to[j - 2], from[i - 2] == to[j - 1] {
        cost = min(cost, rows[i - 2][j - 2] + 1)
      }
      row.append(cost)
    }
    rows.append(row)
  }
  return rows[from.count][to.count]
}
