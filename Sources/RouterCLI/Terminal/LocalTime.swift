import Glibc

/// Times as people read them, in the time zone of the process.
enum LocalTime {
  /// `2026-11-24 17:14:03.001` for `1795536843.001751`, as LDMS prints times; `nil` for anything else.
  static func text(secondsSince1970 digits: [UInt8]) -> String? {
    let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { part in part.allSatisfy { (0x30...0x39).contains($0) } }
    guard parts.count == 2, areDigits, parts[0].count <= 12, parts[1].count == 6,
      var seconds = time_t(String(decoding: parts[0], as: UTF8.self))
    else { return nil }
    var local = tm()
    guard localtime_r(&seconds, &local) != nil else { return nil }
    var buffer = [CChar](repeating: 0, count: 64)
    guard strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S", &local) > 0 else { return nil }
    let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text + "." + String(decoding: parts[1].prefix(3), as: UTF8.self)
  }

  /// `13:02:11`, or with the date before it on another day than `now`.
  ///
  /// Both in milliseconds since 1970.
  static func moment(_ milliseconds: Int64, now: Int64) -> String {
    guard let time = parts(milliseconds), let today = parts(now) else { return "-" }
    let isToday = time.tm_year == today.tm_year && time.tm_yday == today.tm_yday
    return format(time, isToday ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S")
  }

  private static func parts(_ milliseconds: Int64) -> tm? {
    // From 1970 to 9999; whatever else a row says is no time.
    guard (0..<253_402_300_800_000).contains(milliseconds) else { return nil }
    var seconds = time_t(milliseconds / 1000)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? nil : parts
  }

  private static func format(_ time: tm, _ format: String) -> String {
    var time = time
    var buffer = [CChar](repeating: 0, count: 64)
    guard strftime(&buffer, buffer.count, format, &time) > 0 else { return "-" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
