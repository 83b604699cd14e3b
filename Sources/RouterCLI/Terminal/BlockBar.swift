/// A share as a bar of block characters, in eighths of a column.
enum BlockBar {
  private static let eighths: [Character] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

  /// Exactly so many columns; what is no number is blank, and what is more than nothing is at least a line.
  static func text(_ share: Double?, columns: Int) -> String {
    guard let share, share.isFinite else { return String(repeating: " ", count: columns) }
    let steps = Int((min(1, max(0, share)) * Double(columns * 8)).rounded())
    let filled = share > 0 ? max(1, steps) : 0
    return String((0..<columns).map { eighths[min(8, max(0, filled - $0 * 8))] })
  }
}
