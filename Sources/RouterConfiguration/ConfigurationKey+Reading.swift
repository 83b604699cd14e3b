package import ConfigurationFiles

extension ConfigurationKey {
  /// The declaration of the key with this path.
  package static func named(_ path: String) -> ConfigurationKey? {
    all.first { $0.path == path }
  }

  /// Reads a value that was written for this key; `kafka` is read elsewhere.
  package func read(_ node: YAMLNode, into configuration: inout Configuration) throws(ConfigurationErrors) {
    if case .refused = node.content { return }
    switch meaning {
    case .kafkaProperties:
      preconditionFailure("KafkaPropertiesReader reads librdkafka's properties")
    case .setting(let read, _):
      do {
        try read(node, &configuration)
      } catch {
        throw error.under(path)
      }
    }
  }

  /// The value of this key's environment variable as a node of YAML.
  package func node(ofVariable value: String) -> YAMLNode {
    let place = ConfigurationPlace.environment(environmentVariable)
    func scalar(_ text: Substring) -> YAMLNode {
      // An empty variable is an empty text: compose files set variables that somebody left empty.
      YAMLNode(content: .scalar(String(text), isPlain: !text.isEmpty), place: place)
    }
    guard isList else { return scalar(value[...]) }
    let items = value.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
    return YAMLNode(content: .sequence(items.map(scalar)), place: place)
  }
}

extension Substring {
  /// The text without surrounding blanks.
  package var trimmed: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    let end = start.lastIndex { $0 != " " && $0 != "\t" }
    return end.map { start[...$0] } ?? ""
  }
}
