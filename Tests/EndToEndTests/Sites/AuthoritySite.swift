import Foundation
import MetricRouter
import RouterConfiguration
import TestSupport

/// A site whose samplers always run: rows name a host and a job, and rows of a sampler beside them say whose the job is.
struct AuthoritySite {
  let stage: Stage
  let file: RouterFile
  /// The input topics, which are also the names of the row schemas: of the rows that say it, and of all others.
  let jobs: String
  let load: String
  private let decomposition: String
  private let directory: TemporaryDirectory

  init(_ stage: Stage) throws {
    self.stage = stage
    (jobs, load) = ("jobid\(stage.tag)", "load\(stage.tag)")
    func schema(_ name: String, _ columns: String) -> String {
      let common =
        #"{"src":"timestamp","type":"ts"},{"src":"producer","type":"char_array"},{"src":"job_id","type":"u64"}"#
      return #"{"schema":"\#(name)","cols":[\#(common)\#(columns)]}"#
    }
    let schemas = [
      schema(jobs, #",{"src":"username","type":"char_array"}"#), schema(load, #",{"src":"load","type":"d64"}"#),
    ]
    directory = try TemporaryDirectory()
    decomposition = try directory.write(
      "{\"type\":\"static\",\"rows\":[\(schemas.joined(separator: ","))]}", to: "decomp.json")
    // What a killed router leaves open holds up others for so long.
    let transactional = ["transaction.timeout.ms: 10000"]
    file = try RouterFile(stage, producer: stage.delivery == .exactlyOnce ? transactional : [])
  }

  /// What a router needs beside the file.
  var environment: [String: String] {
    [
      "ROUTER_DECOMPOSITION": decomposition, "ROUTER_INPUTS": "\(jobs),\(load)", "ROUTER_IDENTITY_NODES": "c[1-99]",
      "ROUTER_IDENTITY_PRODUCERS": "{user}:{job}:{node}", "ROUTER_IDENTITY_OWNER_WAIT": "120s",
      "ROUTER_IDENTITY_OWNERS": "[{schema: \(jobs), job: job_id, user: username, host: producer}]",
    ]
  }

  private func row(_ topic: String, _ job: Int, _ host: String, _ rest: String, partition: Int32, at time: Date)
    -> InputRow
  {
    let seconds = String(format: "%.6f", time.timeIntervalSince1970)
    let text = #"{"timestamp":\#(seconds),"producer":"\#(host)","job_id":\#(job),\#(rest)}"#
    return InputRow(
      topic: topic, partition: partition, offset: 0, timestamp: Int64(time.timeIntervalSince1970 * 1000),
      payload: Array(text.utf8))
  }

  /// A row that says whose a job is. It is the job's as well.
  func telling(job: Int, user: String, host: String, partition: Int32 = 0, at time: Date = .now) -> InputRow {
    row(jobs, job, host, #""username":"\#(user)""#, partition: partition, at: time)
  }

  /// A row of a job.
  func row(job: Int, host: String, partition: Int32 = 0, at time: Date = .now) -> InputRow {
    row(load, job, host, #""load":0.5"#, partition: partition, at: time)
  }
}
