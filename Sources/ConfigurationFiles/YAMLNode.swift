internal import Wording

/// A node of a YAML file: a scalar, a list or a mapping, and where it begins.
///
/// Values of environment variables become nodes too, so that both are read by the same code.
package struct YAMLNode: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    /// Plain (unquoted) scalars may be numbers, booleans or null; others are text.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
    /// Something that was refused already while the file was read, so that nobody complains twice.
    case refused
  }

  /// A key and its value.
  ///
  /// Keys of a mapping differ from each other.
  package struct Entry: Sendable, Equatable {
    package var key: String
    package var keyPlace: ConfigurationPlace
    package var value: YAMLNode
  }

  package var content: Content
  package var place: ConfigurationPlace

  /// A node with this content, which begins there.
  package init(content: Content, place: ConfigurationPlace) {
    self.content = content
    self.place = place
  }

  /// Whether nothing was written: an empty plain scalar, `~` or `null`.
  package var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
  }

  /// What a plain scalar says as YAML 1.1 reads it: `true`, `yes`, `on`, or `false`, `no`, `off`; else nil.
  package var boolean: Bool? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    switch text {
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": return true
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": return false
    default: return nil
    }
  }

  /// What was written, for `expected ..., found ...`.
  package var found: String {
    switch content {
    case .scalar(let text, _): isNull ? "nothing" : quoted(text)
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .refused: "something refused"
    }
  }
}
