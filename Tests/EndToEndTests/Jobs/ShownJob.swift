import Foundation

/// A job as a router shows it over HTTP.
struct ShownJob: Decodable, Equatable {
  /// A state, and since when.
  struct Change: Decodable, Equatable {
    var time: String
    var state: String
    var reason: String
  }

  struct Node: Decodable, Equatable {
    var node: String
    var firstRow: String
    var lastRow: String
    var silent: Bool
    var sharedWith: [Key]
  }

  struct Key: Decodable, Equatable {
    var user: String
    var job: String
  }

  struct Schema: Decodable, Equatable {
    var name: String
    var rows: Int
    var bytes: Int
  }

  struct Slurm: Decodable, Equatable {
    var name: String?
    var account: String?
    var nodeList: String?
    var state: String?
    var started: String?
    var ended: String?
  }

  var user: String
  var job: String
  var state: String
  var reason: String
  var started: String
  var ended: String?
  var firstRow: String?
  var lastRow: String?
  var rows: Int
  var bytes: Int
  var nodes: [String]
  var silentNodes: Int
  var sharedNodes: [String]
  var slurm: Slurm?
  /// These only where one job was asked for.
  var history: [Change]?
  var nodeDetails: [Node]?
  var schemas: [Schema]?

  /// `userA/101`.
  var name: String { "\(user)/\(job)" }

  /// `active rows`: each state that it came into, and how that was known.
  var states: [String] { (history ?? []).map { "\($0.state) \($0.reason)" } }

  /// What must be the same of all routers, and after a restart of one.
  var lasting: [String] {
    [name, state, reason, started, ended ?? "", nodes.joined(separator: ",")] + (history ?? []).map { "\($0)" }
  }

  /// Milliseconds since 1970 of a time as it is shown.
  static func milliseconds(_ time: String?) -> Int64? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    return time.flatMap { try? style.parse($0) }.map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) }
  }
}
