internal import Naming
internal import Wording

/// How a share is written to the topic of the job index: a JSON object, its key the user, the job and the router.
///
/// The members are for anybody to read; times are milliseconds since 1970.
extension JobShare {
  /// The key of the message: compaction keeps the last share of each router and job.
  package var messageKey: String { Self.messageKey(key, instance: instance) }

  /// The message key for a job's share that the router `instance` publishes.
  package static func messageKey(_ key: JobKey, instance: String) -> String {
    // Instances are legal as topic names, so none of the three has a slash.
    "job/\(TopicNameEncoding.encode(key.user))/\(TopicNameEncoding.encode(key.job))/\(instance)"
  }

  /// The message. Hundreds are written in a second, so without a tree.
  package func message(valueNames: [String]) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.member("user", key.user.text)
    json.member("job", key.job.text)
    json.member("router", instance)
    json.member("state", history.last?.state.rawValue)
    json.list("schemas", schemas) { schema, json in
      json.member("name", schema.name)
      json.member("rows", schema.rows)
      json.member("bytes", schema.bytes)
      json.name("rate")
      json.write(schema.rate ?? .nan)
    }
    json.list("nodes", nodes) { Self.write($0, valueNames, to: &$1) }
    json.member("delay", delay)
    json.list("history", history) { change, json in
      json.member("time", change.time)
      json.member("state", change.state.rawValue)
      json.member("reason", change.reason.rawValue)
    }
    if !claims.isEmpty {
      json.list("claims", claims) { claim, json in
        Self.write(claim, to: &json)
        if let nodes = claim.nodes { json.member("nodes", NodeList.text(of: nodes)) }
      }
    }
    if let slurm { Self.write(slurm, isMessage: isSlurmMessage, slurmMoment, to: &json) }
    json.endObject()
    return json.bytes
  }

  private static func write(_ node: Node, _ names: [String], to json: inout JSONWriter) {
    json.member("node", node.name.text)
    json.member("first", node.first)
    json.member("last", node.last)
    json.member("seen", node.seen)
    if let component = node.component { json.member("component", String(component)) }
    if let ended = node.ended { json.member("ended", ended) }
    if let began = node.began { json.member("began", began) }
    if !node.claims.isEmpty { json.list("claims", node.claims) { write($0, to: &$1) } }
    json.name("values")
    json.beginObject()
    for (name, value) in zip(names, node.values) where !value.isNaN {
      json.name(name)
      json.write(value)
    }
    json.endObject()
  }

  private static func write(_ claim: JobClaim, to json: inout JSONWriter) {
    json.member("source", claim.source.rawValue)
    json.member("from", claim.from)
    if let to = claim.to { json.member("to", to) }
  }

  private static func write(
    _ slurm: SlurmJob, isMessage: Bool, _ moment: SlurmMoment?, to json: inout JSONWriter
  ) {
    json.name("slurm")
    json.beginObject()
    json.name("message")
    json.write(isMessage)
    json.member("name", slurm.name)
    json.member("account", slurm.account)
    json.member("partition", slurm.partition)
    json.member("node_list", slurm.nodeList)
    json.member("state", slurm.state)
    json.member("exit_code", slurm.exitCode)
    json.member("started", slurm.started)
    json.member("ended", slurm.ended)
    if let moment, moment.time > .min {
      json.member("holds", moment.time)
      json.member("rank", moment.rank.rawValue)
    }
    json.endObject()
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ name: String, _ text: String?) {
    self.name(name)
    write(text)
  }

  fileprivate mutating func member(_ name: String, _ number: (some BinaryInteger)?) {
    self.name(name)
    write(number)
  }

  /// A list of objects.
  fileprivate mutating func list<Item>(_ name: String, _ items: [Item], _ body: (Item, inout JSONWriter) -> Void) {
    self.name(name)
    beginList()
    for item in items {
      beginObject()
      body(item, &self)
      endObject()
    }
    endList()
  }
}

extension RouterClocks.Router {
  /// The key of its message.
  package var messageKey: String { Self.messageKey(instance: instance) }

  /// The message key of the router `instance`.
  package static func messageKey(instance: String) -> String { "router/\(instance)" }

  /// The message.
  package var message: [UInt8] {
    let tree: JSONTree = [
      "router": .text(instance), "time": JSONTree(time), "behind": .boolean(isBehind),
      "assigned": .integer(assigned), "written": .integer(written),
      "difference": JSONTree(latestDifference), "owners_behind": JSONTree(ownersBehind),
      "rows": rows?.json ?? .null,
      "partitions": .list(partitions.map { .text($0) }),
    ]
    return tree.lineBytes
  }
}
