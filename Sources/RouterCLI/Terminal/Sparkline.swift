/// The course of a number as a line of block characters, the newest at the right.
enum Sparkline {
  private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Exactly so many columns.
  ///
  /// All points are in it: where there are more than columns, each column is the mean of as many. What is not known is
  /// blank.
  ///
  /// - Parameter maximum: what fills a column; at least the largest mean is made to.
  static func text(_ points: [Float], columns: Int, maximum: Float = 0) -> String {
    let shown = means(of: points, columns: columns)
    let most = max(maximum, shown.filter(\.isFinite).max() ?? 0)
    let text = shown.map { point -> Character in
      guard point.isFinite else { return " " }
      guard most > 0, point > 0 else { return levels[0] }
      return levels[min(7, Int(point / most * 7 + 0.5))]
    }
    return String(repeating: " ", count: columns - text.count) + String(text)
  }

  /// At most this many points, each the mean of the same number of neighbors; the oldest may be of fewer.
  static func means(of points: [Float], columns: Int) -> [Float] {
    guard points.count > columns, columns > 0 else { return Array(points.suffix(columns)) }
    let size = (points.count + columns - 1) / columns
    return stride(from: points.count, to: 0, by: -size).reversed().map { end in
      let known = points[max(0, end - size)..<end].filter(\.isFinite)
      return known.isEmpty ? .nan : known.reduce(0, +) / Float(known.count)
    }
  }
}
