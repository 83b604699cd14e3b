package import ConfigurationFiles
internal import Wording

/// What Kafka takes as settings of a topic, so that a mistake shows at the start and not with the first row of a user.
///
/// A name that is not known here is handed on, as newer brokers may know it, unless it is a near miss of one that is.
package enum TopicSettingRule {
  /// How a value is written.
  package enum Kind {
    case integer
    case number
    case boolean
    case text
    case choice([String])
    /// Several of these, separated by commas.
    case list([String])
  }

  /// The settings of Kafka 4.3 (`LogConfig.configNames`), less the internal ones.
  package static let known: [String: Kind] = [
    "cleanup.policy": .list(["delete", "compact"]),
    "compression.gzip.level": .integer,
    "compression.lz4.level": .integer,
    "compression.type": .choice(["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"]),
    "compression.zstd.level": .integer,
    "delete.retention.ms": .integer,
    "file.delete.delay.ms": .integer,
    "flush.messages": .integer,
    "flush.ms": .integer,
    "follower.replication.throttled.replicas": .text,
    "index.interval.bytes": .integer,
    "leader.replication.throttled.replicas": .text,
    "local.retention.bytes": .integer,
    "local.retention.ms": .integer,
    "max.compaction.lag.ms": .integer,
    "max.message.bytes": .integer,
    "message.timestamp.after.max.ms": .integer,
    "message.timestamp.before.max.ms": .integer,
    "message.timestamp.type": .choice(["CreateTime", "LogAppendTime"]),
    "min.cleanable.dirty.ratio": .number,
    "min.compaction.lag.ms": .integer,
    "min.insync.replicas": .integer,
    "preallocate": .boolean,
    "remote.log.copy.disable": .boolean,
    "remote.log.delete.on.disable": .boolean,
    "remote.storage.enable": .boolean,
    "retention.bytes": .integer,
    "retention.ms": .integer,
    "segment.bytes": .integer,
    "segment.index.bytes": .integer,
    "segment.jitter.ms": .integer,
    "segment.ms": .integer,
    "unclean.leader.election.enable": .boolean,
  ]

  /// The value of a setting as Kafka takes it.
  package static func value(_ entry: YAMLNode.Entry) throws(ConfigurationErrors) -> String {
    let (name, node) = (entry.key, entry.value)
    if TopicNameRule.validationError(name) != nil {
      throw ConfigurationErrors(entry.keyPlace, "\(quotedName(name)) is not the name of a setting")
    }
    if known[name] == nil, let near = nearestName(to: name, among: known.keys.sorted()) {
      throw ConfigurationErrors(entry.keyPlace, "unknown setting \(quoted(name)); did you mean \(quoted(near))?")
    }
    do {
      return try value(node, known[name] ?? .text)
    } catch {
      throw error.under(name)
    }
  }

  private static func value(_ node: YAMLNode, _ kind: Kind) throws(ConfigurationErrors) -> String {
    guard case .scalar(let written, _) = node.content, !node.isNull else {
      throw node.unexpected("one value; several go into one text, separated by commas")
    }
    let value = node.boolean.map { "\($0)" } ?? written
    switch kind {
    case .integer:
      guard Int64(written) != nil, written.utf8.first != UInt8(ascii: "+") else {
        throw node.unexpected("a whole number (times are in milliseconds, sizes in bytes)")
      }
    case .number:
      guard let number = Double(written), number.isFinite else { throw node.unexpected("a number") }
    case .boolean:
      guard value == "true" || value == "false" else { throw node.unexpected("true or false") }
    case .choice(let choices):
      guard choices.contains(value) else {
        throw node.unexpected("one of \(choices.joined(separator: ", "))")
      }
    case .list(let choices):
      let parts = value.split(separator: ",", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ choices.contains(String($0)) }) else {
        throw node.unexpected("\(choices.joined(separator: ", ")), or both with a comma between them")
      }
    case .text:
      if value.unicodeScalars.contains(where: { $0.value < 0x20 }) {
        throw ConfigurationErrors(node.place, "\(quoted(value)) contains control characters; remove them")
      }
    }
    return value
  }
}
