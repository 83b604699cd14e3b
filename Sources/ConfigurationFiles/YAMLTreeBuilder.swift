internal import Wording

/// Builds the tree of a `YAMLDocument` from libyaml's events.
package struct YAMLTreeBuilder {
  private let parser: YAMLParser
  private let path: String
  /// What was refused so far.
  private(set) var problems: [ConfigurationProblem] = []

  /// A builder at the start of `bytes`.
  package init(_ bytes: [UInt8], path: String) throws(ConfigurationErrors) {
    parser = try YAMLParser(bytes, path: path)
    self.path = path
  }

  /// Reads the file to its end.
  package mutating func document() throws(ConfigurationErrors) -> YAMLNode {
    var root: YAMLNode?
    while true {
      let event = try parser.next()
      switch event.kind {
      case .streamStart, .documentEnd: continue
      case .streamEnd:
        return root ?? YAMLNode(content: .scalar("", isPlain: true), place: .file(path, line: 1, column: 1))
      case .documentStart:
        guard root == nil else {
          throw ConfigurationErrors(place(event), "a second document begins here; put everything into one")
        }
        root = try node(parser.next(), depth: 0)
      case .alias, .scalar, .sequenceStart, .sequenceEnd, .mappingStart, .mappingEnd:
        preconditionFailure("libyaml gave content outside of a document")
      }
    }
  }

  private func place(_ event: YAMLEvent) -> ConfigurationPlace {
    .file(path, line: event.line, column: event.column)
  }

  private mutating func node(_ event: YAMLEvent, depth: Int) throws(ConfigurationErrors) -> YAMLNode {
    let place = place(event)
    guard depth <= YAMLDocument.deepest else {
      throw ConfigurationErrors(place, "nested too deeply: at most \(YAMLDocument.deepest) levels are read")
    }
    if let anchor = event.anchor {
      problems.append(
        ConfigurationProblem(place, "anchors are not supported: remove \(quoted("&" + anchor)) and write values out"))
    }
    if let tag = event.tag {
      problems.append(ConfigurationProblem(place, "tags are not supported: remove \(quoted(tag))"))
    }
    switch event.kind {
    case .scalar(let text, let isPlain):
      return YAMLNode(content: .scalar(text, isPlain: isPlain && event.tag == nil), place: place)
    case .alias(let name):
      problems.append(
        ConfigurationProblem(place, "aliases are not supported: write the value out in place of \(quoted("*" + name))"))
      return YAMLNode(content: .refused, place: place)
    case .sequenceStart:
      return YAMLNode(content: .sequence(try items(depth: depth)), place: place)
    case .mappingStart:
      return YAMLNode(content: .mapping(try entries(depth: depth)), place: place)
    case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
      preconditionFailure("libyaml ended something that had not begun")
    }
  }

  private mutating func items(depth: Int) throws(ConfigurationErrors) -> [YAMLNode] {
    var items: [YAMLNode] = []
    while true {
      let event = try parser.next()
      if case .sequenceEnd = event.kind { return items }
      items.append(try node(event, depth: depth + 1))
    }
  }

  private mutating func entries(depth: Int) throws(ConfigurationErrors) -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    var places: [String: ConfigurationPlace] = [:]
    while true {
      let event = try parser.next()
      if case .mappingEnd = event.kind { return entries }
      let key = try node(event, depth: depth + 1)
      let value = try node(parser.next(), depth: depth + 1)
      switch key.content {
      case .scalar(let name, _):
        if let first = places[name] {
          problems.append(
            ConfigurationProblem(key.place, "\(quotedName(name)) is given twice, first at \(first); remove one of them")
          )
        } else {
          places[name] = key.place
          entries.append(YAMLNode.Entry(key: name, keyPlace: key.place, value: value))
        }
      case .sequence, .mapping:
        problems.append(ConfigurationProblem(key.place, "expected a key, found \(key.found)"))
      case .refused: continue
      }
    }
  }
}
