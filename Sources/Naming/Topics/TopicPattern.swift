import Glibc

/// One entry of `inputs`: a topic's name, or a regular expression that begins with `^`.
package struct TopicPattern: Sendable {
  /// The entry as it is configured.
  package let text: String

  /// An entry that was checked by `TopicNameRule`.
  package init(_ text: String) {
    self.text = text
  }

  /// The regular expression that stands for this topic alone.
  package static func expression(for topic: String) -> String {
    // Of the characters that a topic may have, only the dot means something in a regular expression.
    "^\(topic.replacing(".", with: "[.]"))$"
  }

  /// Whether it is a regular expression.
  package var isExpression: Bool { text.hasPrefix("^") }

  /// Whether it stands for this topic; librdkafka matches the same way, with POSIX extended expressions.
  package func matches(_ topic: String) -> Bool {
    guard isExpression else { return text == topic }
    var expression = regex_t()
    guard regcomp(&expression, text, REG_EXTENDED | REG_NOSUB) == 0 else { return false }
    defer { regfree(&expression) }
    return regexec(&expression, topic, 0, nil, 0) == 0
  }

  /// What the names of all topics that match begin with, as far as the expression says so by plain characters; empty
  /// where it does not.
  package var beginning: String {
    guard isExpression, !text.contains("|") else { return "" }
    var beginning: [UInt8] = []
    let bytes = Array(text.utf8.dropFirst())
    var position = 0
    while position < bytes.count {
      var byte = bytes[position]
      var length = 1
      if byte == UInt8(ascii: "\\"), position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: ".") {
        (byte, length) = (bytes[position + 1], 2)
      } else if !Self.isPlain(byte) {
        break
      }
      // What may be there not at all is no part of it.
      if position + length < bytes.count, "*?{".utf8.contains(bytes[position + length]) { break }
      beginning.append(byte)
      position += length
    }
    return String(decoding: beginning, as: UTF8.self)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch Unicode.Scalar(byte) {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }
}
