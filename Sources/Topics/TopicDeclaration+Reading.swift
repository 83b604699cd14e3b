public import ConfigurationFiles
internal import Wording

extension TopicDeclaration {
  private static let keys = ["partitions", "replication", "config"]
  private static let partitionsType = ConfigurationValueType<Int>.integer(1...1000)
  private static let replicationForm = ConfigurationValueType<Int>.integer(1...100, words: ["default": -1])

  /// Reads a file of `topics/`.
  ///
  /// - Throws: everything that is wrong with it.
  public static func read(_ path: String) throws(ConfigurationErrors) -> TopicDeclaration {
    let document = try YAMLDocument.read(path, purpose: "the declaration of a topic")
    return try TopicDeclaration(document)
  }

  package init(_ document: YAMLDocument) throws(ConfigurationErrors) {
    self.init(partitions: 0, place: .wholeFile(document.path))
    var problems = document.problems
    switch document.root.content {
    case .mapping(let entries):
      for entry in entries {
        do {
          try read(entry)
        } catch {
          problems += error.problems
        }
      }
      if !entries.contains(where: { $0.key == "partitions" }) {
        problems.append(ConfigurationProblem(place, "partitions is missing; write partitions: 1, or more"))
      }
    case .scalar, .sequence:
      problems.append(
        ConfigurationProblem(document.root.place, "expected the keys partitions, replication and config"))
    case .refused: break
    }
    guard problems.isEmpty else { throw ConfigurationErrors(problems.inReadingOrder()) }
  }

  private mutating func read(_ entry: YAMLNode.Entry) throws(ConfigurationErrors) {
    do throws(ConfigurationErrors) {
      switch entry.key {
      case "partitions": partitions = try Self.partitionsType.read(entry.value)
      case "replication": replication = try Self.replicationForm.read(entry.value)
      case "config": config = try Self.settings(entry.value)
      default:
        let advice =
          if let near = nearestName(to: entry.key, among: Self.keys) {
            "did you mean \(quoted(near))?"
          } else if TopicSettingRule.known[entry.key] != nil {
            "Kafka's settings of topics go below config:"
          } else {
            "valid here: \(Self.keys.joined(separator: ", "))"
          }
        throw ConfigurationErrors(entry.keyPlace, "unknown key \(quotedName(entry.key)); \(advice)")
      }
    } catch {
      throw Self.keys.contains(entry.key) ? error.under(entry.key) : error
    }
  }

  private static func settings(_ node: YAMLNode) throws(ConfigurationErrors) -> [Setting] {
    if node.isNull { return [] }
    guard case .mapping(let entries) = node.content else {
      throw node.unexpected("a mapping of Kafka's settings of topics, as retention.ms: 86400000")
    }
    var settings: [Setting] = []
    var problems: [ConfigurationProblem] = []
    for entry in entries {
      do {
        settings.append(Setting(entry.key, try TopicSettingRule.value(entry), at: entry.keyPlace))
      } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw ConfigurationErrors(problems) }
    return settings
  }
}
