/// What libyaml reads next in a file, copied out of its `yaml_event_t`.
package struct YAMLEvent {
  package enum Kind {
    case streamStart
    case streamEnd
    case documentStart
    case documentEnd
    case alias(String)
    case scalar(String, isPlain: Bool)
    case sequenceStart
    case sequenceEnd
    case mappingStart
    case mappingEnd
  }

  package var kind: Kind
  /// The line, from 1.
  package var line: Int
  /// The column, from 1, in characters.
  package var column: Int
  /// The name of an anchor (`&name`) before the node.
  package var anchor: String?
  /// A tag (`!!str`) before the node, in its long form.
  package var tag: String?
}
