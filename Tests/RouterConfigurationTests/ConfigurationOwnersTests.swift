import Decomp
import Foundation
import TestSupport
import Testing

@testable import Checking
@testable import ConfigurationFiles
@testable import Jobs
@testable import MetricRouter
@testable import RouterConfiguration

/// `identity.owners` and what belongs to it.
@Suite struct ConfigurationOwnersTests {
  @Test func rulesAreRead() throws {
    let configuration = try loadedConfiguration(
      """
      identity:
        owners:
          - {schema: slurm_jobs, job: job_id, uid: job_uid, host: hostname}
          - schema: jobid
            job: job_id
            user: username
            start: begin
            end: finish
            when: "component_id = job_id"
        user-ids: users
        by-node: exclusive
        shared-nodes: route
      """)
    #expect(
      configuration.identity.owners.map(\.value) == [
        OwnerRule(schema: "slurm_jobs", columns: [.job: "job_id", .uid: "job_uid", .host: "hostname"]),
        OwnerRule(
          schema: "jobid", columns: [.job: "job_id", .user: "username", .start: "begin", .end: "finish"],
          condition: .init(column: "component_id", isEqual: true, value: .column("job_id"))),
      ])
    #expect(configuration.identity.userIDs.value.hasSuffix("/users"))
    #expect(configuration.identity.byNode.value == .exclusive && configuration.identity.sharedNodes == .route)
    #expect(configuration.description.contains(#"when: "component_id = job_id"}]"#))
  }

  @Test(
    arguments: [
      ("7", "identity.owners: expected a list of mappings with schema, job, and uid or user, found \"7\""),
      ("[7]", "expected a mapping such as {schema: slurm_jobs"), ("[{job: j, uid: u}]", "the key schema is missing"),
      ("[{schema: s, uid: u}]", "the key job is missing"),
      ("[{schema: s, job: j}]", "one of the keys uid and user is missing"),
      ("[{schema: s, job: j, uid: u, user: v}]", "both uid and user are given"),
      ("[{schema: s, job: j, uid: u, hots: h}]", "unknown key \"hots\"; did you mean host?"),
      ("[{schema: s, job: j, uid: u, when: a < b}]", "expected \"COLUMN = COLUMN\""),
      ("[{schema: s, job: j, uid: \"\"}]", "a column's name must not be empty"),
      ("[{schema: s, job: j, uid: u}, {schema: s, job: j, uid: v}]", "the row schema \"s\" is in the list twice"),
    ])
  func otherRulesAreRejected(_ value: String, _ expected: String) throws {
    let complaints = try configurationComplaints("identity: {owners: \(value)}")
    #expect(complaints.count == 1)
    #expect(complaints.first?.contains(expected) == true, "\(complaints)")
    let variable = try configurationComplaints("", ["ROUTER_IDENTITY_OWNERS": value])
    #expect(variable.count == 1 && variable[0].hasPrefix("ROUTER_IDENTITY_OWNERS: "), "\(variable)")
  }

  /// With the decomposition of a site whose samplers are called after their hosts.
  private func check(_ identity: String, _ rest: String = "") throws -> [String] {
    let directory = try TemporaryDirectory()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "topics"), to: directory.url.appending(path: "topics"))
    let columns = ["timestamp:ts", "producer:char_array", "job_id:u64", "job_uid:u32", "user:char_array"]
      .map { column in
        let parts = column.split(separator: ":")
        return #"{"src": "\#(parts[0])", "type": "\#(parts[1])"}"#
      }
    try directory.write(
      #"{"type": "static", "rows": [{"schema": "slurm_jobs", "cols": [\#(columns.joined(separator: ","))]}]}"#,
      to: "decomp.json")
    let file = try directory.write("identity: \(identity)\n\(rest)\n", to: "router.yaml")
    do {
      _ = try ConfigurationCheck(file: file, environment: [:])
      return []
    } catch {
      return error.problems.map(\.message)
    }
  }

  @Test func rulesAreCheckedAgainstTheDecomposition() throws {
    #expect(try check("{owners: [{schema: slurm_jobs, job: job_id, uid: job_uid, host: producer}]}") == [])
    for (rule, expected) in [
      (
        "{schema: slurm_job, job: job_id, uid: job_uid}",
        #"no decomposition declares the row schema "slurm_job"; did you mean "slurm_jobs"?"#
      ),
      ("{schema: slurm_jobs, job: job_id, uid: job_uids}", #"have no column "job_uids"; did you mean "job_uid"?"#),
      ("{schema: slurm_jobs, job: user, uid: job_uid}", "which cannot hold the number of a job"),
    ] {
      let problems = try check("{owners: [\(rule)]}")
      #expect(
        problems.count == 1 && problems[0].hasPrefix("identity.owners: ") && problems[0].contains(expected),
        "\(problems)")
    }
  }

  @Test func byNodeNeedsSlurmsMessages() throws {
    #expect(try check("{by-node: exclusive}").map { $0.contains("jobs.events") } == [true])
    #expect(try check("{by-node: exclusive}", "jobs: {events: hpc}") == [])
  }

  @Test func theFileOfUsersHasToBeThere() throws {
    let problems = try check("{user-ids: nowhere}")
    #expect(problems.count == 1 && problems[0].contains("nowhere") && problems[0].contains("passwd(5)"), "\(problems)")
    #expect(try check("{user-ids: /etc/passwd}") == [])
  }
}
