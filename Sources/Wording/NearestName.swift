/// The one of `candidates` that `name` was probably meant to be, or nil if none is near.
///
/// Near means: at most a third of the letters differ, and never more than three. Two letters that changed places count
/// as one difference, and so do `_` for `-` and upper for lower case, which are not counted at all.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = foldedLetters(name)
  let allowed = min(3, max(1, wanted.count / 3))
  var best: (name: String, distance: Int)?
  for candidate in candidates {
    let letters = foldedLetters(candidate)
    guard abs(letters.count - wanted.count) <= allowed else { continue }
    let distance = editDistance(wanted, letters)
    guard distance <= allowed, distance < best?.distance ?? .max else { continue }
    best = (candidate, distance)
  }
  return best?.name
}

private func foldedLetters(_ name: String) -> [UInt8] {
  name.utf8.prefix(256).map { byte in
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 32
    case UInt8(ascii: "_"): UInt8(ascii: "-")
    default: byte
    }
  }
}

/// Insertions, deletions, replacements and exchanges of neighbours that lead from one to the other
/// (optimal string alignment).
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
  guard !first.isEmpty, !second.isEmpty else { return max(first.count, second.count) }
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for row in 1...first.count {
    var current = [row]
    for column in 1...second.count {
      let isSame = first[row - 1] == second[column - 1]
      var distance = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
      if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
        distance = min(distance, beforeLast[column - 2] + 1)
      }
      current.append(distance)
    }
    beforeLast = last
    last = current
  }
  return last[second.count]
}
