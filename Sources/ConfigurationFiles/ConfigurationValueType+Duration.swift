internal import Runtime

extension ConfigurationValueType where Value == Duration {
  /// A time with its unit, as `500ms`, `15s`, `10m`, `24h` or `7d`.
  package static func duration(_ range: ClosedRange<Duration>) -> ConfigurationValueType {
    let expectation =
      "a time from \(durationText(range.lowerBound)) to \(durationText(range.upperBound)), a whole number with its unit"
      + " ms, s, m, h or d"
    return ConfigurationValueType(
      expectation: expectation,
      read: { node throws(ConfigurationErrors) in
        guard case .scalar(let text, _) = node.content, let value = parsedDuration(text), range.contains(value) else {
          throw node.unexpected(expectation)
        }
        return value
      },
      write: durationText)
  }
}

private let units: [(name: String, milliseconds: Int64)] = [
  ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
]

/// Reads `15s`; nil for anything else, also for what does not fit 64 bits of milliseconds.
private func parsedDuration(_ text: String) -> Duration? {
  let digits = text.prefix { ("0"..."9").contains($0) }
  guard let count = Int64(digits), let unit = units.first(where: { $0.name == text[digits.endIndex...] }) else {
    return nil
  }
  let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
  return overflow ? nil : .milliseconds(milliseconds)
}

/// `15s`: in the largest unit that leaves a whole number; days only from two on, since people say 24h.
@Sendable
package func durationText(_ duration: Duration) -> String {
  let milliseconds = duration.wholeMilliseconds
  let unit = units.first { unit in
    milliseconds % unit.milliseconds == 0 && (unit.name != "d" || milliseconds >= 2 * unit.milliseconds)
  }
  guard let unit, milliseconds != 0 else { return "0s" }
  return "\(milliseconds / unit.milliseconds)\(unit.name)"
}
