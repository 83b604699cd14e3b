internal import Runtime

/// How far a command is, as a line that is redrawn; silent where there is no terminal.
final class ProgressBar {
  private let live: LiveRegion
  private var title: String?
  /// When the work with this title began.
  private var began: Int64 = 0

  private static let width = 20

  init(_ output: Output) {
    live = LiveRegion(output: output, descriptor: 2)
  }

  /// Shows how far some work is.
  ///
  /// - Parameter title: what is being done. Another title begins another work.
  func draw(_ title: String, done: Int64, total: Int64) {
    let now = MonotonicClock.milliseconds()
    if self.title != title {
      self.title = title
      began = now
    }
    // A terminal that has gone is noticed when the result is printed.
    try? live.draw([Self.line(title, done: done, total: total, elapsedMilliseconds: now - began)])
  }

  /// Takes the line away.
  func finish() { try? live.finish(keepingLines: false) }

  /// The line at a time after the start.
  static func line(_ title: String, done: Int64, total: Int64, elapsedMilliseconds: Int64) -> String {
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
    let filled = Int(share * Double(width))
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    // What matters least stands last, where a narrow terminal cuts.
    var line = "\(title) [\(bar)] \(Int(share * 100)) %"
    let isUnderWay = elapsedMilliseconds >= 1000 && done > 0
    let left = isUnderWay ? Double(elapsedMilliseconds) * (1 - share) / share : 0
    if left >= 1000 { line += "  \(HumanFormat.age(.milliseconds(Int64(left)))) left" }
    line += "  \(HumanFormat.count(done)) of \(HumanFormat.count(total))"
    if isUnderWay { line += "  \(HumanFormat.count(done * 1000 / elapsedMilliseconds))/s" }
    return line
  }
}
