internal import Wording

/// Something in a `decomp.json` that LDMS accepts, but whose rows cannot be routed, or that does not do what it seems to.
public struct DecompositionWarning: Sendable, Hashable {
  /// What it is about, by a name that stays the same.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    // Whose rows they are.
    case noProducer = "no-producer"
    case asIsNoProducer = "as-is-no-producer"
    case jobType = "job-type"
    // Topics.
    case illegalTopic = "illegal-topic"
    case topicCollision = "topic-collision"
    case schemaConflict = "schema-conflict"
    // What the rows look like.
    case emptyColumnName = "empty-column-name"
    case duplicateColumnName = "duplicate-column-name"
    case columnNameNotJSON = "column-name-not-json"
    case fillNotJSON = "fill-not-json"
    case noTimestamp = "no-timestamp"
    // What LDMS passes over in silence.
    case unknownKey = "unknown-key"
    case duplicateKey = "duplicate-key"
    case unknownType = "unknown-type"
    case dstIgnored = "dst-ignored"
    case fillElementLost = "fill-element-lost"
    case indexColumnsIgnored = "index-columns-ignored"
    case groupUnused = "group-unused"
    case digestNotHex = "digest-not-hex"
    // What stores nothing, or not what was meant.
    case noRows = "no-rows"
    case unusedMember = "unused-member"
    case emptyApply = "empty-apply"
    case digestStar = "digest-star"
    case digestOnly = "digest-only"
    case emptySource = "empty-source"
    case unprintableType = "unprintable-type"
    case asIsIndex = "as-is-index"
    case sharedGroup = "shared-group"
    case groupIndexEmpty = "group-index-empty"
    case groupIndexList = "group-index-list"
    case groupLimit = "group-limit"
    case groupTimeout = "group-timeout"
    case operationType = "operation-type"
    // What ends the aggregator.
    case abortsAggregator = "aborts-aggregator"
  }

  /// What it is about.
  public var code: Code
  /// The file's name, as given.
  public var file: String
  /// The path in the JSON: `$.rows[0].cols[2].type`.
  public var path: String
  /// The line, from 1.
  public var line: Int
  /// The column in characters, from 1.
  public var column: Int
  /// What LDMS or the router will make of it.
  public var message: String
  /// What to do about it.
  public var remedy: String
}

extension DecompositionWarning: CustomStringConvertible {
  /// One line: `decomp.json:3:9: $.rows[0]: no-producer: ...; ...`.
  public var description: String {
    "\(printable(file)):\(line):\(column): \(path): \(code.rawValue): \(message); \(remedy)"
  }
}
