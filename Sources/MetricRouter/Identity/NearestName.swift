/// Finds what someone probably meant to write.
enum NearestName {
  /// The candidate that is the fewest edits away, if that is at most a third of its length (and at least one).
  static func nearest(to text: String, among candidates: [String]) -> String? {
    let written = Array(text.utf8.prefix(64))
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(written, Array(candidate.utf8))
      if distance <= max(1, candidate.utf8.count / 3), distance < best?.distance ?? .max {
        best = (candidate, distance)
      }
    }
    return best?.name
  }

  /// Levenshtein's distance, without regard to the case of ASCII letters.
  private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var row = Array(0...other.count)
    for (i, a) in one.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in other.enumerated() {
        let same = lowercase(a) == lowercase(b)
        let cost = same ? diagonal : 1 + min(diagonal, row[j], row[j + 1])
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[other.count]
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
