/// The Kafka principal of a user of the cluster: a template with the user's name, such as `User:{user}`.
///
/// A user's name has no character that means something in a principal, not even in a certificate's distinguished name
/// (`NameCharacters`), and none can be `*`, which stands for everybody. So two users never become one principal.
public struct PrincipalTemplate: Sendable, Hashable {
  private let before: String
  private let after: String

  /// A user logs in under their own name.
  public static let standard = PrincipalTemplate(before: "User:", after: "")

  /// Parses a template.
  public init(_ text: String) throws(PrincipalTemplateError) {
    func fail(_ problem: PrincipalTemplateError.Problem) -> PrincipalTemplateError {
      PrincipalTemplateError(template: text, problem: problem)
    }
    let parts = text.split(separator: Self.field, omittingEmptySubsequences: false)
    guard parts.count > 1 else { throw fail(.noUser) }
    guard parts.count == 2 else { throw fail(.userTwice) }
    guard !parts.joined().contains(where: { $0 == "{" || $0 == "}" }) else { throw fail(.otherField) }
    guard let colon = parts[0].firstIndex(of: ":"), colon > parts[0].startIndex else { throw fail(.noType) }
    before = String(parts[0])
    after = String(parts[1])
  }

  private init(before: String, after: String) {
    self.before = before
    self.after = after
  }

  private static let field = "{user}"

  /// The principal of a user whose name is UTF-8.
  public func principal(of user: Name) -> String { before + user.text + after }

  /// What is wrong with a template, and what to do; `nil` where it can be used.
  package static func validationError(aboutTemplate text: String) -> String? {
    do throws(PrincipalTemplateError) {
      _ = try PrincipalTemplate(text)
      return nil
    } catch {
      return error.description
    }
  }

  /// What is wrong with a principal that somebody wrote, and what to do; `nil` if permissions can be granted to it.
  public static func validationError(aboutPrincipal principal: String) -> String? {
    let parts = principal.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      return "it needs a type, a colon and a name; write it as User:ldms-router"
    }
    guard parts[1] != "*" else { return "* stands for everybody; name one principal" }
    guard !principal.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      return "it contains control characters; remove them"
    }
    return nil
  }
}

extension PrincipalTemplate: CustomStringConvertible {
  /// The template as it was written.
  public var description: String { before + Self.field + after }
}
