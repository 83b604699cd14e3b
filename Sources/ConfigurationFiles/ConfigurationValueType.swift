internal import Wording

/// How the value of a key is written: what is expected, how it is read, and how it is written back.
package struct ConfigurationValueType<Value: Sendable>: Sendable {
  /// What may be written, in words that go after "expected": `a whole number from 1 to 64`.
  package var expectation: String
  /// Whether an environment variable holds several values, separated by commas.
  package var isList = false
  /// Reads a value, or throws what is wrong, without the name of the key.
  package var read: @Sendable (YAMLNode) throws(ConfigurationErrors) -> Value
  /// The value as it would be written in YAML.
  package var write: @Sendable (Value) -> String

  /// A type whose values are read and written so.
  package init(
    expectation: String, isList: Bool = false,
    read: @escaping @Sendable (YAMLNode) throws(ConfigurationErrors) -> Value,
    write: @escaping @Sendable (Value) -> String
  ) {
    self.expectation = expectation
    self.isList = isList
    self.read = read
    self.write = write
  }
}

extension ConfigurationValueType where Value == Located<String> {
  /// A text.
  ///
  /// Numbers and booleans are taken as they are written.
  ///
  /// - Parameter validationError: what is wrong with the text and what to do, or nil.
  package static func text(
    _ expectation: String, validationError: @escaping @Sendable (String) -> String? = { _ in nil }
  ) -> ConfigurationValueType {
    ConfigurationValueType(
      expectation: expectation,
      read: { node throws(ConfigurationErrors) in
        guard case .scalar(let text, _) = node.content, !node.isNull else {
          throw node.unexpected(expectation)
        }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
          throw ConfigurationErrors(
            node.place, "\(quoted(text)) contains control characters or line breaks; remove them")
        }
        if let validationError = validationError(text) { throw ConfigurationErrors(node.place, validationError) }
        return Located(text, at: node.place)
      },
      write: { yamlText($0.value) })
  }
}

extension ConfigurationValueType where Value == String {
  /// A text whose place is of no interest later.
  package static func plainText(
    _ expectation: String, validationError: @escaping @Sendable (String) -> String? = { _ in nil }
  ) -> ConfigurationValueType {
    let located = ConfigurationValueType<Located<String>>.text(expectation, validationError: validationError)
    return ConfigurationValueType(
      expectation: expectation,
      read: { node throws(ConfigurationErrors) in try located.read(node).value },
      write: { yamlText($0) })
  }
}

extension ConfigurationValueType where Value == [Located<String>] {
  /// A list in which nothing comes twice.
  ///
  /// All its bad items are reported.
  ///
  /// - Parameters:
  ///   - item: what the list is made of.
  ///   - allowsSingle: whether one item may stand for a list of one.
  ///   - allowsEmpty: whether the list may be empty; with `allowsSingle`, "" is such a list, too.
  ///   - validationError: what is wrong with a list of good items and what to do, and the item where that shows, or nil.
  package static func list(
    _ expectation: String, of item: ConfigurationValueType<Located<String>>, allowsSingle: Bool = false,
    allowsEmpty: Bool = false,
    validationError: @escaping @Sendable ([String]) -> (index: Int, text: String)? = { _ in nil }
  ) -> ConfigurationValueType {
    ConfigurationValueType(
      expectation: expectation, isList: true,
      read: { node throws(ConfigurationErrors) in
        let nodes: [YAMLNode]
        switch node.content {
        case .sequence(let items): nodes = items
        case .scalar("", _) where allowsSingle && allowsEmpty && !node.isNull: nodes = []
        case .scalar where allowsSingle && !node.isNull: nodes = [node]
        case .scalar, .mapping, .refused: throw node.unexpected(expectation)
        }
        guard allowsEmpty || !nodes.isEmpty else { throw node.unexpected("\(expectation) that is not empty") }
        var values: [Located<String>] = []
        var problems: [ConfigurationProblem] = []
        for node in nodes {
          do throws(ConfigurationErrors) {
            let value = try item.read(node)
            if let first = values.first(where: { $0.value == value.value }) {
              problems.append(
                ConfigurationProblem(node.place, "\(quoted(value.value)) is in the list twice, first at \(first.place)")
              )
            }
            values.append(value)
          } catch {
            problems += error.problems
          }
        }
        guard problems.isEmpty else { throw ConfigurationErrors(problems) }
        if let validationError = validationError(values.map(\.value)) {
          throw ConfigurationErrors(values[validationError.index].place, validationError.text)
        }
        return values
      },
      write: { values in
        allowsSingle && values.count == 1
          ? item.write(values[0]) : "[\(values.map(item.write).joined(separator: ", "))]"
      })
  }
}

extension ConfigurationValueType where Value == Int {
  /// A whole number in `range`, or one of the words that stand for a number.
  package static func integer(_ range: ClosedRange<Int>, words: [String: Int] = [:]) -> ConfigurationValueType {
    let names = words.keys.sorted().map { " or \($0)" }.joined()
    let expectation = "a whole number from \(range.lowerBound) to \(range.upperBound)\(names)"
    return ConfigurationValueType(
      expectation: expectation,
      read: { node throws(ConfigurationErrors) in
        guard case .scalar(let text, let isPlain) = node.content else { throw node.unexpected(expectation) }
        if let number = words[text] { return number }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
          let number = Int(text), range.contains(number)
        else { throw node.unexpected(expectation) }
        guard isPlain else {
          throw ConfigurationErrors(
            node.place, "expected \(expectation), found the text \(node.found); remove the quotes")
        }
        return number
      },
      write: { number in words.first { $0.value == number }?.key ?? String(number) })
  }
}

extension ConfigurationValueType {
  /// Another type's value, with the place where it was written.
  package static func located<Plain: Sendable>(_ type: ConfigurationValueType<Plain>) -> ConfigurationValueType
  where Value == Located<Plain> {
    ConfigurationValueType(
      expectation: type.expectation, isList: type.isList,
      read: { node throws(ConfigurationErrors) in Located(try type.read(node), at: node.place) },
      write: { type.write($0.value) })
  }
}

extension ConfigurationValueType where Value: RawRepresentable<String> & CaseIterable {
  /// One of the cases of an enumeration, by its raw value.
  package static func choice(_: Value.Type = Value.self) -> ConfigurationValueType {
    let names = Value.allCases.map(\.rawValue)
    let expectation = names.count == 1 ? names[0] : "one of \(names.joined(separator: ", "))"
    return ConfigurationValueType(
      expectation: expectation,
      read: { node throws(ConfigurationErrors) in
        guard case .scalar(let text, _) = node.content, !node.isNull else { throw node.unexpected(expectation) }
        guard let value = Value(rawValue: text) else {
          let near = nearestName(to: text, among: names).map { "; did you mean \($0)?" } ?? ""
          throw ConfigurationErrors(node.place, "expected \(expectation), found \(node.found)\(near)")
        }
        return value
      },
      write: { yamlText($0.rawValue) })
  }
}

extension ConfigurationValueType {
  /// One of the cases, two of which are on and off: what YAML takes for true or false stands for them as well.
  package static func switchable<Mode: RawRepresentable<String> & CaseIterable & Sendable>(
    on: Mode, off: Mode
  ) -> ConfigurationValueType where Value == Located<Mode> {
    let choice = ConfigurationValueType<Mode>.choice()
    return ConfigurationValueType(
      expectation: choice.expectation,
      read: { node throws(ConfigurationErrors) in
        if let isOn = node.boolean { return Located(isOn ? on : off, at: node.place) }
        return Located(try choice.read(node), at: node.place)
      },
      // Not in quotes: it is read back as it is.
      write: { $0.value.rawValue })
  }
}

extension YAMLNode {
  /// `expected ..., found ...`; nothing where the node was refused already.
  package func unexpected(_ expectation: String) -> ConfigurationErrors {
    if case .refused = content { return ConfigurationErrors([]) }
    return ConfigurationErrors(place, "expected \(expectation), found \(found)")
  }
}

/// `text` as YAML: plain where that is read back as the same text, else in double quotes.
package func yamlText(_ text: String) -> String {
  let node = YAMLNode(content: .scalar(text, isPlain: true), place: .standard)
  let isPlain =
    !node.isNull && node.boolean == nil && text.utf8.first.map { $0 != UInt8(ascii: "-") } ?? false
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "/"):
        true
      default: false
      }
    }
  guard !isPlain else { return text }
  return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
