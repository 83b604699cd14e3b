package import ConfigurationFiles
internal import Wording

/// A file of librdkafka's properties, one `name=value` a line, as kcat reads them; `#` begins a comment.
package enum ClientPropertiesFile {
  private static let largestSize = 1 << 16

  /// The properties in their order. A value may be a secret: none is part of an error.
  package static func read(_ path: String) throws(ConfigurationErrors) -> [KafkaProperty] {
    let bytes = try ConfigurationFile.read(path, purpose: "the file of client properties", largestSize: largestSize)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationErrors(.wholeFile(path), "the file of client properties is not UTF-8 text")
    }
    var properties: [KafkaProperty] = []
    var problems: [ConfigurationProblem] = []
    // With "\r\n", which is one character, lines end as well.
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let line = line.trimmed
      guard let first = line.first, first != "#" else { continue }
      let place = ConfigurationPlace.file(path, line: index + 1, column: 1)
      guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
        problems.append(ConfigurationProblem(place, "expected name=value, as security.protocol=sasl_ssl"))
        continue
      }
      let property = KafkaProperty(
        String(line[..<equals].trimmed), String(line[line.index(after: equals)...].trimmed), at: place)
      if let problem = problem(with: property) {
        problems.append(ConfigurationProblem(place, problem))
      } else {
        properties.append(property)
      }
    }
    guard problems.isEmpty else { throw ConfigurationErrors(problems) }
    return properties
  }

  /// The problem with a property that librdkafka would report less clearly, if there is one.
  private static func problem(with property: KafkaProperty) -> String? {
    if property.value.text.utf8.contains(0) { return "\(quotedName(property.name)): the value contains a zero byte" }
    switch property.name {
    case "sasl.jaas.config":
      return "sasl.jaas.config is for Kafka's own tools, in Java; write sasl.username=... and sasl.password=..."
    case let name where name.hasPrefix("ssl.truststore."):
      return "\(name) is for Kafka's own tools, in Java; write ssl.ca.location=FILE.pem"
    default: return nil
    }
  }
}
