import Glibc
internal import Wording

/// What Kafka allows as the name of a topic, a `group.instance.id`, and librdkafka as a pattern for topics.
package enum TopicNameRule {
  /// What is wrong with `name` as the name of a topic, or nil.
  package static func validationError(_ name: String) -> String? {
    if name.isEmpty { return "a name must not be empty" }
    if name == "." || name == ".." { return "\(quoted(name)) is a name that Kafka does not allow" }
    if name.utf8.count > 249 { return "\(quoted(name)) is too long: Kafka allows 249 characters" }
    guard name.utf8.allSatisfy(isLegal) else {
      return "\(quoted(name)) is not a name that Kafka allows: use letters, digits and . _ - only"
    }
    return nil
  }

  /// What is wrong with `name` as a topic of `jobs.events`, or nil.
  package static func eventsError(_ name: String) -> String? {
    if name.contains(",") {
      let names = name.split(separator: ",").map { $0.drop { $0 == " " } }.joined(separator: ", ")
      return "\(quoted(name)) is not the name of one topic; write several as a list: [\(names)]"
    }
    if name.hasPrefix("^") {
      return "\(quoted(name)) is a regular expression, and these topics are read by name; list their names"
    }
    return validationError(name)
  }

  /// Whether Kafka takes two names for one: it lets only one of them exist, as both have the same metrics.
  package static func collide(_ one: String, _ other: String) -> Bool {
    one != other && one.replacing(".", with: "_") == other.replacing(".", with: "_")
  }

  /// What is wrong with `pattern` as a regular expression for topics, or nil.
  ///
  /// librdkafka compiles it the same way.
  package static func patternError(_ pattern: String) -> String? {
    var expression = regex_t()
    let code = regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB)
    guard code != 0 else {
      regfree(&expression)
      return nil
    }
    var message = [CChar](repeating: 0, count: 200)
    _ = regerror(code, &expression, &message, message.count)
    let words = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "\(quoted(pattern)) is not a regular expression: \(words)"
  }

  /// What is wrong with `prefix` as the first part of our topics' names, or nil.
  package static func prefixError(_ prefix: String) -> String? {
    if let validationError = validationError(prefix) { return validationError }
    if prefix.utf8.count > 100 { return "\(quoted(prefix)) is too long: 100 characters leave room for users and jobs" }
    if prefix.contains("_") {
      return "\(quoted(prefix)) contains _, and Kafka rejects topics whose names differ only in . and _; use - instead"
    }
    if prefix.hasPrefix(".") || prefix.hasSuffix(".") || prefix.contains("..") {
      return "\(quoted(prefix)) has an empty part; remove the superfluous ."
    }
    return nil
  }

  private static func isLegal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
