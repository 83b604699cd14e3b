/// The topics that a pattern stands for.
extension TopicIdentity {
  /// What to read for a row schema, as `inputs` has it: the name of a topic or, where the pattern leaves something open, a
  /// regular expression.
  ///
  /// - Parameter name: the row schema's, which need not be one that topics can have.
  public func input(ofSchema name: String) -> String {
    let schema = Self.inTopic(name.utf8).text
    return isOneTopic ? filled(schema: schema) { $0 } : "^\(filled(schema: Self.escaped(schema), Self.escaped))$"
  }

  /// The regular expression for the topics of all row schemas whose names another one matches.
  ///
  /// - Parameter expression: with a `^` at its beginning and a `$` at its end.
  public func input(ofSchemasMatching expression: String) -> String {
    "^\(filled(schema: String(expression.dropFirst().dropLast()), Self.escaped))$"
  }

  /// Whether each row schema has one topic, whose name follows from its own.
  public var isOneTopic: Bool { pattern.fields == [.schema] }

  private func filled(schema: String, _ literal: (String) -> String) -> String {
    pattern.parts.map { part in
      switch part {
      case .literal(let bytes): literal(String(decoding: bytes, as: UTF8.self))
      case .field(.schema): schema
      case .field(.job): "[0-9]+"
      case .field(.user), .field(.node), .field(.producer), .field(.any): "[A-Za-z0-9._-]+"
      }
    }.joined()
  }

  /// The text as a regular expression: of the characters that topics can have, only the dot has a meaning there.
  private static func escaped(_ text: String) -> String { text.replacing(".", with: "\\.") }
}
