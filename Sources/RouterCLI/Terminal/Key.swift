/// A key, as far as commands that redraw the terminal know them.
enum Key: Equatable, Sendable {
  case character(Unicode.Scalar)
  case up
  case down
  case pageUp
  case pageDown
  case home
  case end
  /// Ctrl-Z.
  case suspend
}
