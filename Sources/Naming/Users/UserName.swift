/// What a user may be called.
public enum UserName {
  /// Whether rows of a user of this name may be routed.
  package static func isValid(_ name: Name) -> Bool { validationError(name.text) == nil }

  /// Why rows of a user of this name would never be routed, safe to print; `nil` where they may be.
  public static func validationError(_ name: String) -> String? {
    if name.isEmpty { return "the name is empty" }
    for scalar in name.unicodeScalars where !NameCharacters.fields(of: scalar).contains(.user) {
      return "\(NameCharacters.kind(of: scalar)) cannot be part of a user's name"
    }
    return FieldCheck.problem(withUser: Name(name))
  }
}
