internal import Glibc

/// Moments as text.
package enum Timestamp {
  /// Now, in UTC with milliseconds: `2026-11-24T15:48:02.123Z`.
  package static func now() -> String { text(milliseconds: WallClock.milliseconds()) }

  /// A moment in milliseconds since 1970.
  package static func text(milliseconds: Int64) -> String {
    // Down to the second before, for moments before 1970 as well.
    let rest = milliseconds % 1000
    var seconds = time_t(milliseconds / 1000 - (rest < 0 ? 1 : 0))
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let year = Int(parts.tm_year) + 1900
    let text = String(unsafeUninitializedCapacity: 24) { buffer in
      var end = 0
      func put(_ number: Int, _ digits: Int, then mark: Unicode.Scalar) {
        var rest = number
        for place in stride(from: end + digits - 1, through: end, by: -1) {
          buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
          rest /= 10
        }
        buffer[end + digits] = UInt8(ascii: mark)
        end += digits + 1
      }
      put(min(max(year, 0), 9999), 4, then: "-")
      put(Int(parts.tm_mon) + 1, 2, then: "-")
      put(Int(parts.tm_mday), 2, then: "T")
      put(Int(parts.tm_hour), 2, then: ":")
      put(Int(parts.tm_min), 2, then: ":")
      put(Int(parts.tm_sec), 2, then: ".")
      put(Int(rest < 0 ? rest + 1000 : rest), 3, then: "Z")
      return end
    }
    // Rows may say anything.
    return (0...9999).contains(year) ? text : "\(year)" + text.dropFirst(4)
  }
}
