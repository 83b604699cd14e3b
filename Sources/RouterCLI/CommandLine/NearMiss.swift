import Wording

/// Finds what was probably meant by a word that is not known.
enum NearMiss {
  /// The most similar candidate, if one is similar enough to be worth asking about; else the first one that begins so:
  /// abbreviations are not accepted, but understood.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    guard word.utf8.count > 1 else { return nil }
    return nearestName(to: word, among: candidates) ?? candidates.first { $0.lowercased().hasPrefix(word.lowercased()) }
  }
}
