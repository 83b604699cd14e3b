import Glibc

/// One entry of `inputs`: a topic's name, or a regular expression that begins with `^`.
struct TopicPattern: Sendable {
  /// As it is configured.
  let text: String

  /// An entry that was checked by `TopicNameRule`.
  init(_ text: String) {
    self.text = text
  }

  /// Whether it is a regular expression.
  var isExpression: Bool { text.hasPrefix("^") }

  /// Whether it stands for this topic; librdkafka matches the same way, with POSIX extended expressions.
  func matches(_ topic: String) -> Bool {
    guard isExpression else { return text == topic }
    var expression = regex_t()
    guard regcomp(&expression, text, REG_EXTENDED | REG_NOSUB) == 0 else { return false }
    defer { regfree(&expression) }
    return regexec(&expression, topic, 0, nil, 0) == 0
  }
}
