/// An option without its type: what parsing, help, completion and man page need to know.
struct OptionDeclaration: Sendable {
  /// The heading of options that declare none.
  static let defaultGroup = "Options"

  /// The name without its dashes.
  let name: String
  /// The letter after a single dash.
  let short: Character?
  /// What stands for the value in help, such as `USER`; empty for a flag.
  let valueName: String
  let kind: ValueKind
  /// Whether it may be given several times.
  let isRepeatable: Bool
  var isRequired = false
  /// What holds when it is not given, as it would be typed.
  let defaultText: String?
  /// One or two sentences.
  let help: String
  /// The heading it stands under in help.
  let group: String
  let completion: ValueCompletion

  /// `--user`.
  var flag: String { "--\(name)" }
  /// `--user USER`.
  var spelled: String { valueName.isEmpty ? flag : "\(flag) \(valueName)" }
  /// The help text with the allowed values and the default.
  var fullHelp: String {
    HelpSentence.text(help, facts: [kind.bounds, defaultText.map { "default: \($0)" } ?? ""])
  }
}
