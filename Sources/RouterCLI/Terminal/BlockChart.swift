/// The course of a number over several lines of block characters, the newest at the right.
enum BlockChart {
  private static let eighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// Lines of exactly so many columns, the highest first; what is not known is blank.
  ///
  /// - Parameter maximum: what reaches the top.
  static func lines(_ points: [Float], columns: Int, rows: Int, maximum: Float) -> [String] {
    let shown = Sparkline.means(of: points, columns: columns)
    let heights = shown.map { point -> Int in
      guard point.isFinite, point >= 0, maximum > 0 else { return 0 }
      // Zero is a line at the bottom, unlike what is not known.
      return max(1, Int((min(1, point / maximum) * Float(rows * 8)).rounded()))
    }
    let margin = String(repeating: " ", count: columns - heights.count)
    return (0..<rows).reversed().map { row in
      margin + String(heights.map { eighths[min(8, max(0, $0 - row * 8))] })
    }
  }
}
