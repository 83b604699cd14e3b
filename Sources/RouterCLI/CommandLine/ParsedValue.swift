/// A value as the command line gave it, checked against its kind.
enum ParsedValue: Equatable, Sendable {
  case flag
  case text(String)
  case list([String])
  case integer(Int)
  case number(Double)
  case duration(Duration)

  /// The value as it would be typed; `nil` for a flag.
  var word: String? {
    switch self {
    case .flag: nil
    case .text(let text): text
    case .list(let list): list.joined(separator: ",")
    case .integer(let integer): String(integer)
    case .number(let number): ValueKind.spelled(number)
    case .duration(let duration): DurationText.spelled(duration)
    }
  }
}
