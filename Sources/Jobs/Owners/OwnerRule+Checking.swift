package import Decomp
internal import Wording

/// Why a row schema cannot be the authority that a rule makes it.
package struct OwnerRuleError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

extension OwnerRule {
  /// Whether the row schema has the columns that the rule names, with values that they can have, and whether users can forge them.
  package func check(against schema: RowSchema) throws(OwnerRuleError) {
    for name in columnNames where schema.index(ofColumn: name) == nil {
      let near = nearestName(to: name, among: schema.columns.map(\.name)).map { "; did you mean \(quoted($0))?" }
      throw OwnerRuleError("rows of \(quoted(schema.name)) have no column \(quoted(name))\(near ?? "; correct it")")
    }
    for member in Member.allCases {
      guard let name = columns[member], let index = schema.index(ofColumn: name) else { continue }
      let column = schema.columns[index]
      guard column.operation == nil else {
        throw OwnerRuleError(
          "\(member.rawValue): column \(quoted(name)) is computed by the decomposition; name one that is not")
      }
      guard column.canHold(member) else {
        throw OwnerRuleError(
          "\(member.rawValue): column \(quoted(name)) has the type \(column.type?.name ?? ""), which cannot hold \(member.meaning)"
        )
      }
      if member == .user, let reason = Self.reasonToDoubt(column.member ?? column.source, inList: column.member != nil)
      {
        throw OwnerRuleError("user: users can forge column \(quoted(name)): \(reason)")
      }
    }
    guard let condition else { return }
    var compared = [condition.column]
    if case .column(let other) = condition.value { compared.append(other) }
    for name in compared {
      guard let index = schema.index(ofColumn: name), !schema.columns[index].isText else {
        throw OwnerRuleError("when: column \(quoted(name)) is a text; numbers are compared")
      }
    }
  }

  /// Checks the rule for rows that are stored as they are, as far as the names of their columns allow it.
  package func checkUndeclared() throws(OwnerRuleError) {
    guard let name = columns[.user] else { return }
    let metric = name.split(separator: ".").last.map(String.init) ?? name
    if let reason = Self.reasonToDoubt(metric, inList: metric != name) {
      throw OwnerRuleError("user: users can forge column \(quoted(name)): \(reason)")
    }
  }

  /// Why a column of LDMS's samplers names no user that can be believed; `nil` where nothing is known against it.
  private static func reasonToDoubt(_ metric: String, inList: Bool) -> String? {
    switch metric {
    case "user" where inList:
      "slurm_sampler2 takes it from the environment of the user's own srun; name the column of job_uid under uid"
    case "job_name", "job_tag": "the user chooses it; name the column of job_uid under uid"
    default: nil
    }
  }

  /// The position of the column of a member; of times that the rule does not name, that of LDMS's own.
  package func index(of member: Member, in schema: RowSchema) -> Int? {
    if let name = columns[member] { return schema.index(ofColumn: name) }
    let metric: String
    switch member {
    case .start: metric = "job_start"
    case .end: metric = "job_end"
    case .job, .uid, .user, .host: return nil
    }
    return schema.columns.firstIndex {
      $0.operation == nil && ($0.member ?? $0.source) == metric && $0.canHold(member)
    }
  }
}

extension OwnerRule.Member {
  /// What it is, for messages.
  fileprivate var meaning: String {
    switch self {
    case .job: "the number of a job"
    case .uid: "the number of a user"
    case .user: "a name"
    case .host: "a name"
    case .start, .end: "a time in seconds"
    }
  }
}

extension RowSchema {
  /// The position of the only column of this name; `nil` for none, or several.
  package func index(ofColumn name: String) -> Int? {
    let first = columns.firstIndex { $0.name == name }
    return first.flatMap { index in columns[(index + 1)...].contains { $0.name == name } ? nil : index }
  }
}

extension Column {
  fileprivate var isText: Bool { (type ?? propertyType) == .array(.char) }

  /// Whether values of a member are whole in a column of this type; LDMS casts silently.
  fileprivate func canHold(_ member: OwnerRule.Member) -> Bool {
    switch (member, type ?? propertyType) {
    case (_, nil): true
    case (.user, let type?), (.host, let type?): type == .array(.char)
    case (.start, .timestamp?), (.end, .timestamp?): true
    case (_, .scalar(.u32)?), (_, .scalar(.s32)?), (_, .scalar(.u64)?), (_, .scalar(.s64)?): true
    default: false
    }
  }
}
