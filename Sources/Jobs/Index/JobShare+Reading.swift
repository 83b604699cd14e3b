internal import Decomp
internal import Naming

/// A message of the job index that cannot be read.
package struct JobMessageError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

extension JobShare {
  /// Reads a message. Unknown members are ignored, so that routers of different versions work together. The key names the owner
  /// of the job.
  ///
  /// - Parameter valueNames: the columns whose values are wanted.
  package init(message: [UInt8], key: JobKey, instance: String, valueNames: [String]) throws(JobMessageError) {
    let tree = try JobMessageError.tree(message)
    self.init(key: key, instance: instance)
    for schema in tree["schemas"]?.elements ?? [] {
      guard let name = schema["name"]?.string else { continue }
      schemas.append(
        Schema(
          name: name, rows: schema.count("rows"), bytes: schema.count("bytes"),
          rate: schema["rate"]?.number.map { Float($0) }))
    }
    for node in tree["nodes"]?.elements ?? [] {
      guard let name = node["node"]?.string, let first = node["first"]?.integer, let last = node["last"]?.integer else {
        continue
      }
      let known = node["values"]
      let values = valueNames.map { name in known?[name]?.number.map { Float($0) } ?? .nan }
      nodes.append(
        Node(
          name: Name(name), component: node["component"]?.string.flatMap { UInt64($0) }, first: first, last: last,
          seen: node["seen"]?.integer ?? last, values: values, ended: node["ended"]?.integer,
          began: node["began"]?.integer, claims: (node["claims"]?.elements ?? []).compactMap { JobClaim($0) }))
    }
    nodes.sort { $0.name < $1.name }
    delay = tree["delay"]?.integer
    history = (tree["history"]?.elements ?? []).suffix(JobLedger.historyLimit).compactMap { change in
      guard let time = change["time"]?.integer, let state = change["state"]?.string.flatMap({ JobState(rawValue: $0) })
      else { return nil }
      let reason = change["reason"]?.string.flatMap { JobStateReason(rawValue: $0) }
      return JobChange(time: time, state: state, reason: reason ?? .rows)
    }
    if let slurm = tree["slurm"], slurm["message"] != nil {
      self.slurm = SlurmJob(slurm)
      isSlurmMessage = slurm["message"]?.boolean ?? false
      if let time = slurm["holds"]?.integer,
        let rank = slurm["rank"]?.integer.flatMap({ SlurmMoment.Rank(rawValue: $0) })
      {
        slurmMoment = SlurmMoment(time: time, rank: rank)
      }
    }
    if let written = tree["claims"]?.elements {
      claims = written.compactMap { JobClaim($0) }
    } else if isSlurmMessage, let started = self.slurm?.started {
      // Earlier routers wrote nothing else of when and where it ran.
      claims = [
        JobClaim(
          .slurm, from: started, to: self.slurm?.ended.map { max($0, started) },
          nodes: JobClaim.nodes(self.slurm?.nodeList))
      ]
    }
    // Such a job would have no time, and so no end.
    if nodes.isEmpty, self.slurm == nil { throw JobMessageError("it has neither a node nor information from Slurm") }
  }
}

extension JobClaim {
  /// Reads a claim; `nil` for one that is not understood.
  fileprivate init?(_ tree: JSONReading) {
    guard let source = tree["source"]?.string.flatMap({ Source(rawValue: $0) }), let from = tree["from"]?.integer else {
      return nil
    }
    let nodes = tree["nodes"]?.string
    let read = nodes == "" ? [] : JobClaim.nodes(nodes)
    // One that names nodes which cannot be read must not hold on all of them.
    guard nodes == nil || read != nil else { return nil }
    self.init(source, from: from, to: tree["to"]?.integer.map { Swift.max($0, from) }, nodes: read)
  }

  /// The nodes of a list; `nil` for none, and for one that cannot be read.
  fileprivate static func nodes(_ text: String?) -> [Name]? {
    guard let text, let nodes = try? NodeList(text).names(limit: JobLedger.nodeLimit), !nodes.isEmpty else {
      return nil
    }
    return nodes
  }
}

extension RouterClocks.Router {
  /// Reads a message.
  package init(message: [UInt8], instance: String) throws(JobMessageError) {
    let tree = try JobMessageError.tree(message)
    guard let written = tree["written"]?.integer else { throw JobMessageError("it does not say when it was written") }
    self.init(
      instance: instance, time: tree["time"]?.integer, isBehind: tree["behind"]?.boolean ?? true,
      partitions: (tree["partitions"]?.elements ?? []).compactMap(\.string), assigned: tree["assigned"]?.integer ?? 0,
      written: written, difference: tree["difference"]?.integer,
      ownersBehind: tree["owners_behind"]?.integer, rows: tree["rows"].flatMap { RowFateCounts($0) })
  }
}

extension RowFateCounts {
  fileprivate init?(_ tree: JSONReading) {
    guard tree["routed"]?.integer != nil else { return nil }
    (routed, deadLettered) = (tree.count("routed"), tree.count("dead_lettered"))
    (unassigned, withheld, waiting) = (tree.count("unassigned"), tree.count("withheld"), tree.count("waiting"))
  }
}

extension JobMessageError {
  fileprivate static func tree(_ message: [UInt8]) throws(JobMessageError) -> JSONReading {
    do {
      return try JSONReading(message)
    } catch {
      throw JobMessageError("it is not JSON: \(error)")
    }
  }
}

extension SlurmJob {
  fileprivate init(_ tree: JSONReading) {
    name = tree["name"]?.string
    account = tree["account"]?.string
    partition = tree["partition"]?.string
    // Earlier routers wrote these two in camel case; the topic keeps what they wrote, and some may still run.
    nodeList = (tree["node_list"] ?? tree["nodeList"])?.string
    state = tree["state"]?.string
    exitCode = (tree["exit_code"] ?? tree["exitCode"])?.string
    started = tree["started"]?.integer
    ended = tree["ended"]?.integer
  }
}

extension JSONReading {
  fileprivate func count(_ name: String) -> UInt64 { UInt64(clamping: self[name]?.integer ?? 0) }
}
