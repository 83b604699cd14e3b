/// A value as the command line gave it, checked against its kind.
enum ParsedValue: Equatable, Sendable {
  case flag
  case text(String)
  case list([String])
  case integer(Int)
  case number(Double)
  case duration(Duration)
}
