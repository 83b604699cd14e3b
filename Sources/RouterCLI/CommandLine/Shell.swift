/// A shell that can complete the router's command lines.
enum Shell: String, CaseIterable, Sendable {
  case bash
  case zsh
  case fish
}
