internal import Runtime

/// Durations as people type them: `10m`, `1h30m`, `15s`, `500ms`, `2d`.
enum DurationText {
  /// What can be written: up to ten thousand years, far from overflow in milliseconds.
  static let allowed: ClosedRange<Duration> = .zero ... .seconds(3_650_000 * 86_400)

  /// The units from the largest to the smallest, which is also the order in a text.
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]
  private static let remedy = "Write a duration such as 15s, 10m, 1h30m or 2d."

  static func parse(_ text: String) throws(ValueProblem) -> Duration {
    var rest = text.utf8[...]
    var total: Int64 = 0
    var nextUnit = 0
    guard !rest.isEmpty else { throw ValueProblem(remedy) }
    while !rest.isEmpty {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest[digits.endIndex...]
      let letters = rest.prefix { !(0x30...0x39).contains($0) }
      rest = rest[letters.endIndex...]
      guard !digits.isEmpty else { throw ValueProblem(remedy) }
      guard !letters.isEmpty else {
        throw ValueProblem("A unit is missing: write \(text)s, \(text)m or \(text)h.")
      }
      guard let unit = units[nextUnit...].firstIndex(where: { $0.name == String(Substring(letters)) }) else {
        throw ValueProblem(remedy)
      }
      guard let number = Int64(Substring(digits)) else { throw ValueProblem("It is too long.") }
      let (product, productOverflows) = number.multipliedReportingOverflow(by: units[unit].milliseconds)
      let (sum, sumOverflows) = total.addingReportingOverflow(product)
      guard !productOverflows, !sumOverflows, .milliseconds(sum) <= allowed.upperBound else {
        throw ValueProblem("It is too long.")
      }
      total = sum
      nextUnit = unit + 1
    }
    return .milliseconds(total)
  }

  /// The text of a duration, as `parse` reads it, in whole milliseconds.
  static func spelled(_ duration: Duration) -> String {
    var rest = duration.wholeMilliseconds
    guard rest > 0 else { return "0s" }
    var text = ""
    for unit in units where rest >= unit.milliseconds {
      text += "\(rest / unit.milliseconds)\(unit.name)"
      rest %= unit.milliseconds
    }
    return text
  }
}
