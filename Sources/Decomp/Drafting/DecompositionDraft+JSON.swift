internal import Wording

extension DecompositionDraft {
  /// The text of the `decomp.json`, a line for each column, with a newline at its end.
  public var json: String {
    var lines = ["{", "  \"type\": \"flex\",", "  \"decomposition\": {"]
    for (index, member) in members.enumerated() {
      let name = Escaping.json(member.rowSchema.name)
      lines += [
        "    \(name): {", "      \"type\": \"static\",", "      \"rows\": [", "        {",
        "          \"schema\": \(name),", "          \"cols\": [",
      ]
      lines += Self.separated(member.rowSchema.columns.map { "            \($0.json)" })
      lines += ["          ]", "        }", "      ]", index + 1 < members.count ? "    }," : "    }"]
    }
    let rules = [object("digest", digestRules, "{", "}"), object("matches", matchRules, "[", "]")].filter {
      !$0.isEmpty
    }
    lines.append(rules.isEmpty ? "  }" : "  },")
    for (index, rule) in rules.enumerated() {
      lines += index + 1 < rules.count ? rule.dropLast() + [(rule.last ?? "") + ","] : rule
    }
    lines.append("}")
    return lines.joined(separator: "\n") + "\n"
  }

  /// A member of the file with a line for each of its own; none where it is empty.
  private func object(_ name: String, _ entries: [String], _ open: String, _ close: String) -> [String] {
    entries.isEmpty ? [] : ["  \"\(name)\": \(open)"] + Self.separated(entries.map { "    \($0)" }) + ["  \(close)"]
  }

  private var digestRules: [String] {
    grouped { rule in
      if case .digest(let digest) = rule { digest.text } else { nil }
    }.map { "\(Escaping.json($0.key)): \(Self.names($0.members))" }
  }

  private var matchRules: [String] {
    grouped { rule in
      if case .schema(let schema) = rule { schema } else { nil }
    }.map { "{\"schema\": \(Escaping.json("^\($0.key.literalPattern)$")), \"apply\": \(Self.names($0.members))}" }
  }

  /// The names of the members with rules of one kind, by what these rules say.
  private func grouped(_ key: (Rule) -> String?) -> [(key: String, members: [String])] {
    var groups: [(key: String, members: [String])] = []
    for member in members {
      guard let key = key(member.rule) else { continue }
      if let index = groups.firstIndex(where: { $0.key == key }) {
        groups[index].members.append(member.rowSchema.name)
      } else {
        groups.append((key, [member.rowSchema.name]))
      }
    }
    return groups
  }

  private static func names(_ names: [String]) -> String {
    let texts = names.map { Escaping.json($0) }
    return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
  }

  /// The lines with a comma after all but the last.
  private static func separated(_ lines: [String]) -> [String] {
    lines.enumerated().map { $0.offset + 1 < lines.count ? "\($0.element)," : $0.element }
  }
}

extension Column {
  /// The column as a decomposition declares it.
  fileprivate var json: String {
    var members = ["\"src\": \(Escaping.json(source))"]
    if let member { members.append("\"rec_member\": \(Escaping.json(member))") }
    if name != source { members.append("\"dst\": \(Escaping.json(name))") }
    if let type { members.append("\"type\": \"\(type.name)\"") }
    return "{\(members.joined(separator: ", "))}"
  }
}

extension String {
  /// The text as a POSIX extended regular expression that fits nothing else.
  fileprivate var literalPattern: String {
    var pattern = ""
    for scalar in unicodeScalars {
      if "\\^$.[]|()*+?{}".unicodeScalars.contains(scalar) { pattern += "\\" }
      pattern.unicodeScalars.append(scalar)
    }
    return pattern
  }
}
