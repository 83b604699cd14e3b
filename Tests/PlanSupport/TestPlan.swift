import ConfigurationFiles
package import Decomp
import Foundation
package import MetricRouter
import RouterConfiguration
package import TestSupport

/// Routing plans of the captures, with the rules that their producers need.
package enum TestPlan {
  /// The decompositions of a capture: its `decomp.json`, or the files of its directory `decomp`.
  package static func decompositions(of capture: Capture) throws -> [Decomposition] {
    let single = capture.path("decomp.json")
    guard !FileManager.default.fileExists(atPath: single) else { return [try Decomposition(file: single)] }
    let directory = capture.directory.appending(path: "decomp")
    return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }.map { try Decomposition(file: $0.path(percentEncoded: false)) }
  }

  package static func of(
    _ decompositions: [Decomposition], topicPattern: String = "", nodes: String = Capture.nodes
  ) throws -> RoutingPlan {
    var configuration = Configuration()
    configuration.identity.producers = Capture.producers.map { Located($0) }
    configuration.identity.topic = Located(topicPattern)
    configuration.identity.nodes = Located(nodes)
    var problems: [ConfigurationProblem] = []
    let plan = RoutingPlan(configuration, decompositions: decompositions, problems: &problems)
    guard let plan, problems.isEmpty else { throw ConfigurationErrors(problems) }
    return plan
  }

  package static func of(_ capture: Capture, topicPattern: String = "", nodes: String = Capture.nodes) throws
    -> RoutingPlan
  {
    try of(decompositions(of: capture), topicPattern: topicPattern, nodes: nodes)
  }

  /// A plan for one `static` decomposition with these columns, all of them strings but `job_id` and `timestamp`.
  package static func of(
    columns: [String], schema: String = "x", topicPattern: String = "", nodes: String = Capture.nodes
  ) throws -> RoutingPlan {
    try of([decomposition(columns: columns, schema: schema)], topicPattern: topicPattern, nodes: nodes)
  }

  package static func decomposition(columns: [String], schema: String = "x") throws -> Decomposition {
    let columns = columns.map { name in
      let type = name == "job_id" ? "u64" : name == "timestamp" ? "ts" : "char_array"
      return "{\"src\": \"\(name)\", \"type\": \"\(type)\"}"
    }
    let text = """
      {"type": "static", "rows": [{"schema": "\(schema)", "cols": [\(columns.joined(separator: ", "))]}]}
      """
    return try Decomposition(bytes: Array(text.utf8), file: "decomp.json")
  }
}
