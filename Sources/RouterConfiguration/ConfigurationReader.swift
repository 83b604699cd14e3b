package import ConfigurationFiles
internal import Wording

/// Reads `router.yaml` and the environment into a `Configuration`, and gathers everything that is wrong.
package struct ConfigurationReader {
  private let environment: [String: String]
  private var kafka: KafkaPropertiesReader
  private var configuration = Configuration()
  private var problems: [ConfigurationProblem] = []
  /// Whether librdkafka's properties come from elsewhere.
  private var isKafkaReplaced = false

  /// Keys that hold other keys: `topics`, `identity`.
  private static let sections = Set(ConfigurationKey.all.compactMap { $0.path.split(separator: ".").dropLast().first })

  package init(environment: [String: String]) {
    self.environment = environment
    kafka = KafkaPropertiesReader(environment: environment)
  }

  /// Reads the file, if there is one, then the environment over it.
  ///
  /// - Parameter clientFile: librdkafka's properties, instead of those of the file.
  package mutating func read(file: String?, clientFile: String? = nil) throws(ConfigurationErrors) -> Configuration {
    if let clientFile {
      isKafkaReplaced = true
      do {
        kafka.use(try ClientPropertiesFile.read(clientFile))
      } catch {
        problems += error.problems
      }
    }
    if let file {
      do {
        let document = try YAMLDocument.read(file, purpose: "the configuration file")
        problems += document.problems
        read(document.root)
      } catch {
        problems += error.problems
      }
    }
    readEnvironment()
    configuration.kafka = kafka.properties
    configuration.resolvePaths(file: file)
    if configuration.instance.isEmpty { configuration.instance = Configuration.hostName }
    problems += kafka.problems + configuration.contradictions()
    guard problems.isEmpty else { throw ConfigurationErrors(problems.inReadingOrder()) }
    return configuration
  }

  private mutating func read(_ root: YAMLNode) {
    switch root.content {
    case .mapping(let entries): read(entries, below: "")
    case .refused: break
    case .scalar where root.isNull: break
    case .scalar, .sequence:
      problems.append(
        ConfigurationProblem(root.place, "expected keys, as group: ldms-router; is this the right file?"))
    }
  }

  private mutating func read(_ entries: [YAMLNode.Entry], below section: String) {
    for entry in entries {
      let path = section + entry.key
      if !entry.key.contains("."), let key = ConfigurationKey.named(path) {
        read(entry.value, for: key)
      } else if section.isEmpty, Self.sections.contains(entry.key[...]) {
        switch entry.value.content {
        case .mapping(let below): read(below, below: entry.key + ".")
        case .refused: break
        case .scalar where entry.value.isNull: break
        case .scalar, .sequence:
          let names = Self.names(below: entry.key + ".").joined(separator: ", ")
          problems.append(
            ConfigurationProblem(
              entry.value.place,
              "\(entry.key): expected a mapping with the keys \(names), found \(entry.value.found)"))
        }
      } else {
        problems.append(
          ConfigurationProblem(
            entry.keyPlace, "unknown key \(quotedName(path)); \(Self.advice(entry.key, below: section))"))
      }
    }
  }

  private mutating func read(_ node: YAMLNode, for key: ConfigurationKey) {
    if case .kafkaProperties = key.meaning {
      // Not even its secrets: they are the router's, and whoever asks may not be able to read them.
      if !isKafkaReplaced { kafka.read(node) }
      return
    }
    do {
      try key.read(node, into: &configuration)
    } catch {
      problems += error.problems
    }
  }

  /// The names that may stand below a section, or at the top.
  private static func names(below section: String) -> [String] {
    var names: [String] = []
    for key in ConfigurationKey.all where key.path.hasPrefix(section) {
      let name = String(key.path.dropFirst(section.count).prefix { $0 != "." })
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// What to do about an unknown key.
  private static func advice(_ name: String, below section: String) -> String {
    let siblings = names(below: section)
    if let near = nearestName(to: name, among: siblings) { return "did you mean \(quoted(section + near))?" }
    let path = section + name
    let asPath = ConfigurationKey.all.map(\.path).first { $0 == name || $0.hasSuffix("." + name) }
    if let key = asPath ?? nearestName(to: path, among: ConfigurationKey.all.map(\.path)),
      let dot = key.lastIndex(of: ".")
    {
      return "write \(key[key.index(after: dot)...]): below \(key[..<dot]):"
    }
    if section.isEmpty, name.contains(".") { return "librdkafka's properties go below kafka:" }
    return "valid here: \(siblings.joined(separator: ", "))"
  }

  /// Whether a variable that begins as ours do belongs to somebody else.
  private func isOfOthers(_ name: String) -> Bool {
    // The command line reads these: they say where the files are. What the file names itself is not a key.
    if name == "ROUTER_CONFIG" || name == "ROUTER_CLIENT_CONFIG" || kafka.namedVariables.contains(name) { return true }
    // Kubernetes gives these to every container beside a service that is called "router".
    return name.hasPrefix("ROUTER_SERVICE_") || name == "ROUTER_PORT" || name.hasPrefix("ROUTER_PORT_")
  }

  private mutating func readEnvironment() {
    let keys = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.environmentVariable, $0) })
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("ROUTER_") {
      if isOfOthers(name) { continue }
      if name.hasPrefix("ROUTER_KAFKA_") {
        kafka.readVariable(name, suffix: name.dropFirst("ROUTER_KAFKA_".count), value: value)
      } else if let key = keys[name], name != "ROUTER_KAFKA" {
        read(key.node(ofVariable: value), for: key)
      } else {
        let candidates =
          keys.keys.filter { $0 != "ROUTER_KAFKA" } + ["ROUTER_KAFKA_BOOTSTRAP_SERVERS", "ROUTER_CONFIG"]
        let advice =
          nearestName(to: name, among: candidates.sorted()).map { "did you mean \($0)?" }
          ?? "unset it, or see the keys of router.yaml: topics.prefix is ROUTER_TOPICS_PREFIX,"
          + " librdkafka's properties begin with ROUTER_KAFKA_"
        problems.append(ConfigurationProblem(.environment(name), "no key has this environment variable; \(advice)"))
      }
    }
  }
}
