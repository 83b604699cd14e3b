/// Numbers as people read them in tables.
///
/// Scripts get plain ones, by `--json`.
enum HumanFormat {
  /// `512 B`, `1.5 KiB`, `23 MiB`: three digits at most, rounded.
  static func bytes(_ count: UInt64) -> String {
    guard count >= 1024 else { return "\(count) B" }
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    // In tenths, so that 9.96 becomes 10 and not 10.0; 1023.6 KiB becomes 1.0 MiB.
    var divisor: UInt64 = 1024
    for (index, unit) in units.enumerated() {
      let whole = rounded(count, divisor)
      if whole < 1024 || index == units.count - 1 {
        let tenths = tenths(count, divisor)
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(unit)" : "\(whole) \(unit)"
      }
      divisor *= 1024
    }
    preconditionFailure("The last unit is always returned.")
  }

  /// `4,671`.
  static func count(_ number: some BinaryInteger) -> String {
    let digits = String(number.magnitude)
    var result = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return result
  }

  /// `3 s`, `5 min`, `2 h`, `3 d`: whole units, rounded down; `now` below a second, also for clocks that disagree.
  static func age(_ age: Duration) -> String {
    let seconds = age.components.seconds
    return switch seconds {
    case ..<1: "now"
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3600) h"
    default: "\(count(seconds / 86_400)) d"
    }
  }

  private static func rounded(_ count: UInt64, _ divisor: UInt64) -> UInt64 {
    count / divisor + (count % divisor >= divisor / 2 ? 1 : 0)
  }

  private static func tenths(_ count: UInt64, _ divisor: UInt64) -> UInt64 {
    // The remainder is below 2^60, so ten times it fits.
    count / divisor * 10 + rounded(count % divisor * 10, divisor)
  }
}
