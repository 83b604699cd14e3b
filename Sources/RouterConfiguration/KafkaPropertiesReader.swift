package import ConfigurationFiles
internal import Kafka
internal import Wording

/// Reads librdkafka's properties from the mapping `kafka` and from the environment.
package struct KafkaPropertiesReader {
  /// The environment, for `{env: NAME}`.
  package let environment: [String: String]
  /// The properties read so far.
  private(set) var properties = KafkaProperties()
  /// What was wrong so far.
  ///
  /// Values are never part of a message.
  private(set) var problems: [ConfigurationProblem] = []
  /// The environment variables that the file names, which therefore need not be keys.
  private(set) var namedVariables: Set<String> = []

  /// The place of each property in the file, by side and first name.
  private var places: [String: ConfigurationPlace] = [:]

  /// The largest file with a secret, in bytes; a chain of certificates has some thousand.
  private static let largestSecret = 1 << 16

  package init(environment: [String: String]) {
    self.environment = environment
  }

  /// Reads the value of the key `kafka`.
  package mutating func read(_ node: YAMLNode) {
    guard let entries = entries(of: node, "kafka") else { return }
    for entry in entries {
      if let side = KafkaProperties.Side(rawValue: entry.key), side != .common {
        for own in self.entries(of: entry.value, "kafka.\(entry.key)") ?? [] {
          read(own, for: side)
        }
      } else {
        read(entry, for: .common)
      }
    }
  }

  /// Takes properties that a user's own client has.
  package mutating func use(_ own: [KafkaProperty]) {
    for property in own { properties.set(property, for: .common) }
  }

  /// Reads an environment variable.
  ///
  /// - Parameter suffix: what its name has after `ROUTER_KAFKA_`.
  package mutating func readVariable(_ variable: String, suffix: Substring, value: String) {
    let place = ConfigurationPlace.environment(variable)
    var suffix = suffix
    var side = KafkaProperties.Side.common
    for (prefix, itsSide) in [("CONSUMER_", KafkaProperties.Side.consumer), ("PRODUCER_", .producer)]
    where suffix.hasPrefix(prefix) {
      suffix = suffix.dropFirst(prefix.count)
      side = itsSide
    }
    let isFile = suffix.hasSuffix("_FILE")
    if isFile {
      suffix = suffix.dropLast("_FILE".count)
      let other = variable.dropLast("_FILE".count)
      if environment[String(other)] != nil {
        return problems.append(ConfigurationProblem(place, "\(other) is set as well; unset one of them"))
      }
    }
    let name = suffix.lowercased().replacing("_", with: ".")
    if isFile, name == KafkaProperties.tokenKey {
      // Not read now: whoever renews the token writes it there.
      return set(KafkaProperty(OAuthTokenSource.fileProperty, value, at: place), for: side, key: name)
    }
    guard isName(name) else {
      return problems.append(
        ConfigurationProblem(
          place, "no librdkafka property is named; write ROUTER_KAFKA_BOOTSTRAP_SERVERS for bootstrap.servers"))
    }
    if isFile {
      guard let text = secret(inFile: value, at: place, for: "the value of \(name)") else { return }
      set(KafkaProperty(name, text, at: place, isSecret: true), for: side, key: name)
    } else {
      set(KafkaProperty(name, value, at: place), for: side, key: name)
    }
  }

  private mutating func read(_ entry: YAMLNode.Entry, for side: KafkaProperties.Side) {
    let key = side == .common ? "kafka.\(entry.key)" : "kafka.\(side.rawValue).\(entry.key)"
    guard isName(entry.key) else {
      return problems.append(
        ConfigurationProblem(
          entry.keyPlace, "kafka: \(quotedName(entry.key)) is not the name of a property; write name: value"))
    }
    let place = entry.keyPlace
    let canonical = "\(side.rawValue).\(KafkaProperties.canonical(entry.key))"
    if let first = places[canonical] {
      return problems.append(
        ConfigurationProblem(place, "\(key) is another name of the property at \(first); remove one of them"))
    }
    places[canonical] = place
    switch entry.value.content {
    case .refused: return
    case .scalar(let text, _):
      guard !entry.value.isNull else {
        return problems.append(
          ConfigurationProblem(place, "\(key) has no value; write one, \"\" for an empty one, or remove it"))
      }
      set(KafkaProperty(entry.key, text, at: place), for: side, key: key)
    case .sequence:
      problems.append(
        ConfigurationProblem(
          entry.value.place, "\(key): expected one value, found a list; write it as one text with commas"))
    case .mapping(let entries) where entry.key == KafkaProperties.tokenKey:
      guard let source = tokenSource(entries, at: entry.value.place, key: key) else { return }
      set(source, for: side, key: key)
    case .mapping(let entries):
      guard let text = secret(entries, at: entry.value.place, key: key) else { return }
      set(KafkaProperty(entry.key, text, at: place, isSecret: true), for: side, key: key)
    }
  }

  private mutating func set(_ property: KafkaProperty, for side: KafkaProperties.Side, key: String) {
    var property = property
    if KafkaProperties.isFile(property.name), property.value.text != "probe", !property.value.text.isEmpty {
      let path = ConfigurationFile.resolve(property.value.text, relativeTo: property.place.path)
      property = KafkaProperty(property.name, path, at: property.place, isSecret: property.value.isSecret)
    }
    if property.value.text.utf8.contains(0) {
      problems.append(ConfigurationProblem(property.place, "\(key): the value contains a zero byte; remove it"))
    } else if property.name == KafkaProperties.tokenKey {
      problems.append(
        ConfigurationProblem(
          property.place,
          "\(key): a token expires, so it cannot be a fixed value; write {file: PATH} for a file that is kept up to"
            + " date, or {command: COMMAND} for a command that prints one"))
    } else if let refusal = ReservedProperty.refusal(of: property, for: side) {
      problems.append(ConfigurationProblem(property.place, "\(key) cannot be set: \(refusal)"))
    } else {
      properties.set(property, for: side)
    }
  }

  /// What `{file: PATH}` or `{command: COMMAND}` stands for: where to look for a token each time that one is due.
  private mutating func tokenSource(
    _ entries: [YAMLNode.Entry], at place: ConfigurationPlace, key: String
  ) -> KafkaProperty? {
    let names = ["file": OAuthTokenSource.fileProperty, "command": OAuthTokenSource.commandProperty]
    guard entries.count == 1, let name = names[entries[0].key],
      case .scalar(let source, _) = entries[0].value.content, !source.isEmpty
    else {
      problems.append(
        ConfigurationProblem(
          place,
          "\(key): expected {file: PATH}, a file with a token that is kept up to date, or {command: COMMAND}, a command"
            + " that prints one"))
      return nil
    }
    return KafkaProperty(name, source, at: entries[0].value.place)
  }

  /// The value that `{file: PATH}` or `{env: NAME}` stands for.
  private mutating func secret(_ entries: [YAMLNode.Entry], at place: ConfigurationPlace, key: String) -> String? {
    guard entries.count == 1, entries[0].key == "file" || entries[0].key == "env",
      case .scalar(let source, _) = entries[0].value.content, !source.isEmpty
    else {
      problems.append(
        ConfigurationProblem(
          place,
          "\(key): expected a value, {file: PATH} or {env: NAME}, found another mapping;"
            + " names of properties are written with their dots, as bootstrap.servers"))
      return nil
    }
    let place = entries[0].value.place
    if entries[0].key == "file" {
      let path = ConfigurationFile.resolve(source, relativeTo: place.path)
      return secret(inFile: path, at: place, for: "the value of \(key)")
    }
    namedVariables.insert(source)
    guard let value = environment[source], !value.isEmpty else {
      problems.append(
        ConfigurationProblem(
          place, "\(key): the environment variable \(quotedName(source)) is not set or empty; set it"))
      return nil
    }
    return value
  }

  private mutating func secret(inFile path: String, at place: ConfigurationPlace, for purpose: String) -> String? {
    do {
      var bytes = try ConfigurationFile.read(
        path, purpose: purpose + " from the file", largestSize: Self.largestSecret, namedAt: place)
      if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
      guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
        let fault = bytes.isEmpty ? "is empty" : "is not UTF-8 text"
        problems.append(ConfigurationProblem(place, "\(purpose): the file \(quotedPath(path)) \(fault)"))
        return nil
      }
      return text
    } catch {
      problems += error.problems
      return nil
    }
  }

  private mutating func entries(of node: YAMLNode, _ key: String) -> [YAMLNode.Entry]? {
    switch node.content {
    case .mapping(let entries): return entries
    case .refused: return nil
    case .scalar where node.isNull: return []
    case .scalar, .sequence:
      // What was written here is not quoted: it may be a password.
      problems.append(
        ConfigurationProblem(
          node.place, "\(key): expected a mapping of librdkafka's properties, as bootstrap.servers: \"localhost:9092\"")
      )
      return nil
    }
  }

  private func isName(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
      }
  }
}
