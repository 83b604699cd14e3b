internal import ConfigurationFiles
internal import Jobs
internal import Wording

extension ConfigurationValueType where Value == [Located<OwnerRule>] {
  /// A list of row schemas that name owners of jobs, each a mapping of the meaning of its columns. In the environment, it is a
  /// text with the list.
  static var ownerRules: ConfigurationValueType {
    let expectation = "a list of mappings with schema, job, and uid or user"
    return ConfigurationValueType(
      expectation: expectation,
      read: { node throws(ConfigurationErrors) in
        let nodes: [YAMLNode]
        switch node.content {
        case .sequence(let items): nodes = items
        case .mapping: nodes = [node]
        case .scalar(let text, _) where text.hasPrefix("[") || text.hasPrefix("{"):
          return try read(text, of: node, expectation)
        case .scalar("", _) where !node.isNull: nodes = []
        case .scalar, .refused: throw node.unexpected(expectation)
        }
        var rules: [Located<OwnerRule>] = []
        var problems: [ConfigurationProblem] = []
        for node in nodes {
          do throws(ConfigurationErrors) {
            let rule = try OwnerRule(node)
            if let first = rules.first(where: { $0.value.schema == rule.schema }) {
              problems.append(
                ConfigurationProblem(
                  node.place, "the row schema \(quoted(rule.schema)) is in the list twice, first at \(first.place)"))
            }
            rules.append(Located(rule, at: node.place))
          } catch {
            problems += error.problems
          }
        }
        guard problems.isEmpty else { throw ConfigurationErrors(problems) }
        return rules
      },
      write: { rules in "[\(rules.map { $0.value.yaml }.joined(separator: ", "))]" })
  }

  private static func read(
    _ text: String, of node: YAMLNode, _ expectation: String
  ) throws(ConfigurationErrors) -> [Located<OwnerRule>] {
    guard var root = try? YAMLDocument(parsing: Array(text.utf8), path: "").root else {
      throw node.unexpected(expectation)
    }
    root.setPlaces(node.place)
    return try ownerRules.read(root)
  }
}

extension YAMLNode {
  /// Says of everything in it that it was written here.
  fileprivate mutating func setPlaces(_ place: ConfigurationPlace) {
    self.place = place
    switch content {
    case .sequence(var items):
      for index in items.indices { items[index].setPlaces(place) }
      content = .sequence(items)
    case .mapping(var entries):
      for index in entries.indices {
        entries[index].keyPlace = place
        entries[index].value.setPlaces(place)
      }
      content = .mapping(entries)
    case .scalar, .refused: break
    }
  }
}

extension OwnerRule {
  private static let names = ["schema"] + Member.allCases.map(\.rawValue) + ["when"]

  /// Reads a rule.
  fileprivate init(_ node: YAMLNode) throws(ConfigurationErrors) {
    guard case .mapping(let entries) = node.content else {
      throw node.unexpected("a mapping such as {schema: slurm_jobs, job: job_id, uid: job_uid, host: hostname}")
    }
    let column = ConfigurationValueType<Located<String>>.text("the name of a column") { name in
      name.isEmpty ? "a column's name must not be empty" : nil
    }
    var schema: String?
    var columns: [Member: String] = [:]
    var condition: Condition?
    var problems: [ConfigurationProblem] = []
    for entry in entries {
      do throws(ConfigurationErrors) {
        let text = try column.read(entry.value).value
        if entry.key == "schema" {
          schema = text
        } else if entry.key == "when" {
          guard let read = Condition(text) else {
            throw ConfigurationErrors(
              entry.value.place,
              "expected \"COLUMN = COLUMN\", \"COLUMN = NUMBER\" or the same with !=, found \(quoted(text))")
          }
          condition = read
        } else if let member = Member(rawValue: entry.key) {
          columns[member] = text
        } else {
          let near = nearestName(to: entry.key, among: Self.names).map { "did you mean \($0)?" }
          throw ConfigurationErrors(
            entry.keyPlace,
            "unknown key \(quoted(entry.key)); \(near ?? "valid here: \(Self.names.joined(separator: ", "))")")
        }
      } catch {
        problems += error.problems
      }
    }
    if problems.isEmpty {
      if schema == nil {
        problems.append(ConfigurationProblem(node.place, "the key schema is missing; name the row schema"))
      }
      if columns[.job] == nil {
        problems.append(
          ConfigurationProblem(node.place, "the key job is missing; name the column with the job's number"))
      }
      switch (columns[.uid], columns[.user]) {
      case (nil, nil):
        problems.append(
          ConfigurationProblem(
            node.place,
            "one of the keys uid and user is missing; name the column with the number of the job's user, or the name"))
      case (_?, _?):
        problems.append(
          ConfigurationProblem(node.place, "both uid and user are given; keep uid, which users cannot choose"))
      default: break
      }
    }
    guard problems.isEmpty, let schema else { throw ConfigurationErrors(problems) }
    self.init(schema: schema, columns: columns, condition: condition)
  }

  /// The rule as YAML.
  fileprivate var yaml: String {
    var parts = ["schema: \(yamlText(schema))"]
    for member in Member.allCases {
      if let name = columns[member] { parts.append("\(member.rawValue): \(yamlText(name))") }
    }
    if let condition { parts.append("when: \(yamlText(condition.description))") }
    return "{\(parts.joined(separator: ", "))}"
  }
}
