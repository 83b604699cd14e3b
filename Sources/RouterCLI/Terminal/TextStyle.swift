/// How text stands out on a terminal that shows colours.
///
/// The few that are used, named by what they say.
enum TextStyle: Sendable {
  case plain
  case heading
  case good
  case warning
  case bad
  /// Less important than what is around it.
  case faint

  /// The parameters of the SGR sequence; only the eight basic colours, which every terminal's theme makes readable.
  var parameters: String {
    switch self {
    case .plain: ""
    case .heading: "1"
    case .good: "32"
    case .warning: "33"
    case .bad: "1;31"
    case .faint: "2"
    }
  }
}
