internal import Runtime
internal import Wording

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

  /// How long ago something was: `now` below a second, also for clocks that disagree; else as every duration.
  static func age(_ age: Duration) -> String {
    age < .seconds(1) ? "now" : duration(age)
  }

  /// `9 s`, `12 min`, `2 h 5 min`, `5 d 21 h`: how long something lasts.
  static func duration(_ duration: Duration) -> String {
    DurationWords.text(milliseconds: duration.wholeMilliseconds)
  }

  /// `0.25`, `31.2`, `1,234`: about three digits; `-` for what is no number.
  static func quantity(_ number: Double) -> String {
    let magnitude = number.magnitude
    return switch magnitude {
    case ..<9.995: decimal(number, places: 2)
    case ..<99.95: decimal(number, places: 1)
    default: decimal(number, places: 0)
    }
  }

  /// `0`, `0.4`, `12`, `1,234`: how much comes in a second; `-` for what is not known, or is no number.
  static func rate(_ number: Double?) -> String {
    guard let number else { return "-" }
    return number > 0 && number < 9.95 ? decimal(number, places: 1) : decimal(number, places: 0)
  }

  /// `43%`, of a share from 0 to 1.
  static func percent(_ share: Double) -> String {
    let text = decimal(share * 100, places: 0)
    return text == "-" ? text : text + "%"
  }

  private static func decimal(_ number: Double, places: Int) -> String {
    // Larger ones have no meaning here, and no place in an integer.
    guard number.isFinite, number.magnitude < 1e15 else { return "-" }
    let factor = [1.0, 10, 100][places]
    let scaled = Int64((number.magnitude * factor).rounded())
    let whole = Int64(factor)
    let fraction = String(scaled % whole + whole).dropFirst()
    let text = count(scaled / whole) + (places > 0 ? ".\(fraction)" : "")
    return number < 0 && scaled > 0 ? "-" + text : text
  }

  private static func rounded(_ count: UInt64, _ divisor: UInt64) -> UInt64 {
    count / divisor + (count % divisor >= divisor / 2 ? 1 : 0)
  }

  private static func tenths(_ count: UInt64, _ divisor: UInt64) -> UInt64 {
    // The remainder is below 2^60, so ten times it fits.
    count / divisor * 10 + rounded(count % divisor * 10, divisor)
  }
}
