internal import Naming

/// Times as Slurm writes them into messages: `2026-11-28T13:30:01`, in UTC.
package enum SlurmTime {
  /// The last valid second: the end of the year 9999.
  package static let latest: Int64 = 253_402_300_799

  /// Milliseconds since 1970, UTC where the text names no zone (`Z`, `+01:00`); `nil` for what is no time.
  package static func milliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 19 else { return nil }
    func number(_ start: Int, _ count: Int) -> Int64? {
      var number: Int64 = 0
      for byte in bytes[start..<start + count] {
        guard let digit = NodeList.digit(byte) else { return nil }
        number = number * 10 + Int64(digit)
      }
      return number
    }
    func has(_ character: Unicode.Scalar, _ index: Int) -> Bool { bytes[index] == UInt8(ascii: character) }
    guard let year = number(0, 4), has("-", 4), let month = number(5, 2), has("-", 7), let day = number(8, 2),
      has("T", 10) || has(" ", 10), let hour = number(11, 2), has(":", 13), let minute = number(14, 2), has(":", 16),
      let second = number(17, 2)
    else { return nil }
    guard year >= 1970, (1...12).contains(month), day >= 1, day <= days(month, year), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var rest = 19
    var fraction: Int64 = 0
    if rest < bytes.count, has(".", rest) {
      let digits = bytes[(rest + 1)...].prefix { NodeList.digit($0) != nil }
      guard (1...9).contains(digits.count) else { return nil }
      fraction = digits.prefix(3).reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
      for _ in digits.count..<max(3, digits.count) { fraction *= 10 }
      rest += 1 + digits.count
    }
    var zone: Int64 = 0
    switch bytes.count - rest {
    case 0: break
    case 1 where has("Z", rest): break
    case 6 where (has("+", rest) || has("-", rest)) && has(":", rest + 3):
      guard let hours = number(rest + 1, 2), let minutes = number(rest + 4, 2), hours <= 14, minutes < 60 else {
        return nil
      }
      zone = (hours * 60 + minutes) * (has("-", rest) ? -1 : 1)
    default: return nil
    }
    let minutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - zone
    let milliseconds = (minutes * 60 + second) * 1000 + fraction
    return milliseconds >= 0 ? milliseconds : nil
  }

  private static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(_ month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let before = year - 1
    let leapDays = (before / 4 - before / 100 + before / 400) - (1969 / 4 - 1969 / 100 + 1969 / 400)
    let daysBefore = (1..<month).reduce(0) { $0 + days($1, year) }
    return (year - 1970) * 365 + leapDays + daysBefore + day - 1
  }
}
