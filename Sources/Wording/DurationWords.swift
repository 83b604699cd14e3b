/// How long something lasts, as people read it: one form in all tables, sentences and logs.
///
/// The page has the same in `duration` of `format.js`.
public enum DurationWords {
  /// `420 ms`, `9 s`, `12 min`, `2 h 5 min`, `5 d 21 h`: rounded down, a second unit from an hour on where it is not 0.
  ///
  /// What is below zero, as clocks that disagree make it, is `0 s`.
  public static func text(milliseconds: Int64) -> String {
    let milliseconds = max(0, milliseconds)
    let seconds = milliseconds / 1000
    let (minutes, hours) = (seconds / 60, seconds / 3600)
    func two(_ large: Int64, _ unit: String, _ small: Int64, _ smallUnit: String) -> String {
      "\(large) \(unit)" + (small > 0 ? " \(small) \(smallUnit)" : "")
    }
    return switch seconds {
    case 0 where milliseconds > 0: "\(milliseconds) ms"
    case ..<60: "\(seconds) s"
    case ..<3600: "\(minutes) min"
    case ..<86_400: two(hours, "h", minutes % 60, "min")
    default: two(hours / 24, "d", hours % 24, "h")
    }
  }
}
