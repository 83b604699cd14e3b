import Foundation
import Naming
import TestSupport
import Testing
import Wording

@testable import Jobs
@testable import MetricRouter

/// What scripts are told of jobs over HTTP and by `router jobs --json`: one style of names, which the document describes.
@Suite struct JobJSONTests {
  private static var job: Job {
    var slurm = SlurmJob()
    (slurm.name, slurm.nodeList, slurm.exitCode) = ("wrf", "c[1-2]", "0:0")
    let node = JobNode(
      node: Name("c1"), firstRow: 1000, lastRow: 2000, isSilent: false, values: [0.5],
      sharedWith: [JobKey(user: Name("bob"), job: Name("2"))])
    return Job(
      key: JobKey(user: Name("alice"), job: Name("1")), state: .active, reason: .rowsAgain, since: 1000, started: 1000,
      ended: nil, firstRow: 1000, lastRow: 2000, rows: 3, bytes: 4, rowsPerSecond: 1.5, inputDelay: 420, nodes: [node],
      schemas: [JobSchema(name: "loadavg", rows: 3, bytes: 4, rowsPerSecond: 1.5)], values: [0.5],
      userTopic: "ldms.user.alice.rows", jobTopic: "ldms.user.alice.job.1", slurm: slurm,
      history: [JobChange(time: 1000, state: .active, reason: .rows)], series: JobSeries())
  }

  @Test func namesAreInSnakeCase() {
    let job = Self.job.detailedJSON(valueNames: ["loadavg/load1min"]).line
    #expect(JSONNames.inOtherStyle(job, except: ["values"]).isEmpty)
    #expect(JSONNames.inOtherStyle(JobIndexTotals().json.line).isEmpty)
    #expect(job.contains(#""input_delay_ms":420"#) && job.contains(#""interval_ms":5000"#))
  }

  @Test func theDocumentDescribesTheSameNames() throws {
    let file = Repository.root.appending(path: "Sources/MetricRouter/Status/API/openapi.json")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    var names: Set<String> = []
    func collect(_ value: Any) {
      if let list = value as? [Any] { list.forEach(collect) }
      guard let object = value as? [String: Any] else { return }
      if let properties = object["properties"] as? [String: Any] { names.formUnion(properties.keys) }
      if let parameters = object["parameters"] as? [[String: Any]] {
        names.formUnion(parameters.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String })
      }
      object.values.forEach(collect)
    }
    collect(document)
    #expect(names.isSuperset(of: ["rows_per_second", "node_details", "total", "limit", "offset"]))
    #expect(names.filter { !JSONNames.isInStyle($0) }.isEmpty)
    let schemas = (document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]]
    let described = schemas?["JobDetails"]?["required"] as? [String] ?? []
    let told =
      try JSONSerialization.jsonObject(
        with: Data(Self.job.detailedJSON(valueNames: []).line.utf8)) as? [String: Any]
    #expect(Set(described) == Set((told ?? [:]).keys))
  }
}
