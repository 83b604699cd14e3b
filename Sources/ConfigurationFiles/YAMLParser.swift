import YAMLC

/// libyaml's parser over a file's bytes.
///
/// Owns the C parser and a copy of the bytes, and frees both in `deinit`.
///
/// It is a class because libyaml's parser holds a pointer to itself and must not move.
package final class YAMLParser {
  private let path: String
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  /// A parser at the start of `bytes`.
  ///
  /// - Parameter path: the file's name for errors.
  package init(_ bytes: [UInt8], path: String) throws(ConfigurationErrors) {
    self.path = path
    self.bytes = .allocate(capacity: bytes.count)
    _ = self.bytes.initialize(from: bytes)
    parser = .allocate(capacity: 1)
    guard yaml_parser_initialize(parser) == 1 else {
      // yaml_parser_delete clears whatever a failed initialisation left.
      throw ConfigurationErrors(.wholeFile(path), "not enough memory to read the file")
    }
    yaml_parser_set_input_string(parser, self.bytes.baseAddress, self.bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    bytes.deallocate()
  }

  /// The next event; after `streamEnd` there is none.
  ///
  /// A syntax error is thrown in libyaml's own words, at its place.
  package func next() throws(ConfigurationErrors) -> YAMLEvent {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { yaml_event_delete(&event) }
    let mark = event.start_mark
    var result = YAMLEvent(kind: .streamEnd, line: mark.line + 1, column: mark.column + 1)
    switch event.type {
    case YAML_STREAM_START_EVENT: result.kind = .streamStart
    case YAML_DOCUMENT_START_EVENT: result.kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: result.kind = .documentEnd
    case YAML_ALIAS_EVENT:
      result.kind = .alias(text(event.data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let value = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      result.kind = .scalar(String(decoding: value, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
      result.anchor = text(scalar.anchor)
      result.tag = text(scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      result.kind = .sequenceStart
      result.anchor = text(event.data.sequence_start.anchor)
      result.tag = text(event.data.sequence_start.tag)
    case YAML_SEQUENCE_END_EVENT: result.kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      result.kind = .mappingStart
      result.anchor = text(event.data.mapping_start.anchor)
      result.tag = text(event.data.mapping_start.tag)
    case YAML_MAPPING_END_EVENT: result.kind = .mappingEnd
    default: break
    }
    return result
  }

  private func text(_ value: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    value.map { String(cString: $0) }
  }

  private func syntaxError() -> ConfigurationErrors {
    let state = parser.pointee
    guard let problem = state.problem else {
      return ConfigurationErrors(.wholeFile(path), "not enough memory to read the file")
    }
    var message = "not valid YAML: \(String(cString: problem))"
    if state.error == YAML_READER_ERROR {
      // Bytes that are no text have no mark, only an offset.
      let before = bytes.prefix(state.problem_offset)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      return ConfigurationErrors(
        .file(path, line: line, column: before.count - lineStart + 1),
        message + "; the file must be UTF-8 text")
    }
    if let context = state.context {
      let mark = state.context_mark
      message += " \(String(cString: context)) (from line \(mark.line + 1), column \(mark.column + 1))"
    }
    let mark = state.problem_mark
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if mark.line < lines.count,
      String(decoding: lines[mark.line], as: UTF8.self).unicodeScalars.dropFirst(mark.column).first == "\t"
    {
      message += "; this is a tab: indent with spaces"
    }
    return ConfigurationErrors(.file(path, line: mark.line + 1, column: mark.column + 1), message)
  }
}
