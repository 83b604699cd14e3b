import Decomp
import Naming
import Replay
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// Rows of LDMS's Slurm samplers.
@Suite struct SlurmRowTests {
  private func rows(_ topic: String) throws -> [SlurmRow?] {
    let reader = try #require(SlurmRowReader(undeclared: topic))
    return try Capture.slurmAsIs.read().rows.filter { $0.topic == topic }.map { row in
      row.payload.withUnsafeBytes { reader.read($0) }
    }
  }

  private func read(_ reader: SlurmRowReader?, _ text: String) -> SlurmRow? {
    Array(text.utf8).withUnsafeBytes { reader?.read($0) }
  }

  @Test func `the captured rows of slurm_sampler2 tell the job's life`() throws {
    let rows = try rows("mt-slurm2_5bd0733")
    #expect(rows.count == 9)
    // Where the list of tasks was longer than that of jobs, a row of zeros.
    #expect(rows.count { $0 == nil } == 4)
    let life = rows.compactMap(\.self)
    #expect(life.map(\.state) == [.running, .running, .stopping, .stopping, .complete])
    #expect(life.map(\.isEnded) == [false, false, false, false, true])
    for row in life {
      #expect(row.sampler == .mtSlurm2)
      #expect(row.job == 301)
      #expect(row.user == Name("userA"))
      #expect(row.name == #"my \"job\" \\ \u00e9"#)
      #expect(row.start == 1_795_496_188_000)
      #expect(row.end == (row.isEnded ? 1_795_496_204_000 : nil))
      #expect(row.componentID == 2)
    }
  }

  @Test func `the captured rows of jobinfo are read`() throws {
    let rows = try rows("jobinfo_777211b").compactMap(\.self)
    #expect(rows.map(\.componentID) == [1, 3, 2])
    #expect(rows.allSatisfy { $0.sampler == .jobinfo && $0.job == 301 && $0.user == Name("userA") })
    #expect(
      rows.allSatisfy {
        $0.name == "my job" && $0.state == .running && !$0.isEnded && $0.end == nil
      })
    #expect(rows.allSatisfy { $0.start == 1_795_496_000_000 })
  }

  @Test(arguments: [
    "mt-slurm_d57d145", "meminfo_4b63562", "mt-slurm2", "mt-slurm2_", "mt-slurm2_5bd073",
    "mt-slurm2_5bd07333",
    "mt-slurm2_5BD0733", "xmt-slurm2_5bd0733", "jobinfo-777211b", "", "_5bd0733",
    "mt-slurm2_5bd073g",
  ])
  func `other topics are not of a Slurm sampler`(name: String) {
    #expect(SlurmRowReader(undeclared: name) == nil)
  }

  /// A row of `mt-slurm2` as `as_is` prints it.
  private func undeclared(
    job: String = "301", user: String = "userA", name: String = "x", tag: String = "",
    state: String = "2",
    end: String = "0"
  ) -> String {
    #"{"timestamp":1795496194.114853,"component_id":2,"job_list.job_id":\#(job),"job_list.app_id":3,"#
      + #""job_list.user":"\#(user)","job_list.job_name":"\#(name)","job_list.job_tag":"\#(tag)","#
      + #""job_list.job_state":\#(state),"job_list.job_size":2,"job_list.job_uid":1001,"job_list.job_gid":1001,"#
      + #""job_list.job_start":1795496188,"job_list.job_end":\#(end),"job_list.node_count":1,"job_list.task_count":2,"#
      + #""task_list.job_id":301,"task_list.task_pid":4001,"task_list.task_rank":0,"task_list.task_exit_status":0}"#
  }

  private static let hostile = [
    #"","job_list.job_tag":"","job_list.job_state":4,"job_list.job_end":1795496204,"x":""#,
    #"","job_list.job_id":999,"job_list.user":"bob","job_list.job_state":4,"job_list.job_end":1795496204,"x":""#,
    #"","job_list.job_tag":"","job_list.job_state":4,"job_list.job_size":2,"job_list.job_end":1795496204}"#,
    #"}"#, #"""#, #"\"#, #"\""#, #"","#, #"":4,""#, #"":4"#, "a,b:c]d", "\u{1}\n", "é",
    #"{"job_list.job_id":999}"#,
  ]

  @Test(arguments: hostile)
  func `no name of a job forges another value`(text: String) throws {
    let reader = SlurmRowReader(undeclared: "mt-slurm2_5bd0733")
    for row in [undeclared(name: text), undeclared(tag: text), undeclared(name: text, tag: text)] {
      let row = try #require(read(reader, row))
      #expect(row.job == 301)
      #expect(row.user == Name("userA"))
      #expect(row.state == .running)
      #expect(row.end == nil)
      #expect(row.componentID == 2)
    }
    // A user cannot be called so; what is told of such a row is the rest.
    let strange = try #require(read(reader, undeclared(user: text, state: "4", end: "1795496204")))
    #expect(strange.job == 301)
    #expect(strange.state == .complete)
    #expect(strange.end == 1_795_496_204_000)
  }

  @Test(arguments: hostile)
  func `nor does one in a row of jobinfo`(text: String) throws {
    let reader = SlurmRowReader(undeclared: "jobinfo_777211b")
    let name = text.replacing("job_list.", with: "")
    let row = try #require(
      read(
        reader,
        #"{"timestamp":1795496179.054825,"component_id":1,"job_id":301,"app_id":3,"job_status":1,"user_id":1001,"#
          + #""job_start":1795496000,"job_end":0,"job_exit_status":0,"job_user":"userA","job_name":"\#(name)"}"#
      ))
    #expect(row.job == 301)
    #expect(row.user == Name("userA"))
    #expect(row.state == .running)
    #expect(row.end == nil)
  }

  @Test func `a job's first row knows no user, and an odd state is none`() throws {
    let reader = SlurmRowReader(undeclared: "mt-slurm2_5bd0733")
    let first = try #require(read(reader, undeclared(user: "", name: "", state: "1")))
    #expect(first.user == nil)
    #expect(first.name == nil)
    #expect(first.state == .starting)
    let odd = try #require(read(reader, undeclared(state: "9")))
    #expect(odd.state == nil)
    #expect(!odd.isEnded)
    // The end of an earlier run.
    #expect(try #require(read(reader, undeclared(state: "2", end: "1795496204"))).end == nil)
    // It has ended, whenever.
    #expect(try #require(read(reader, undeclared(state: "4", end: "0"))).isEnded)
  }

  @Test(arguments: [
    "0", "-1", "", "x", "301.5", "4294967296", "[301]", "nan", "\"301\"", "99999999999999999999999",
  ])
  func `a row without the id of a job says nothing`(job: String) {
    #expect(read(SlurmRowReader(undeclared: "mt-slurm2_5bd0733"), undeclared(job: job)) == nil)
  }

  @Test func `any cut or changed byte is read or ignored, never more`() {
    for (topic, text) in [
      ("mt-slurm2_5bd0733", undeclared()),
      ("jobinfo_777211b", #"{"timestamp":1.000000,"job_id":1}"#),
    ] {
      let reader = SlurmRowReader(undeclared: topic)
      let bytes = Array(text.utf8)
      for length in bytes.indices {
        #expect(bytes[..<length].withUnsafeBytes { reader?.read($0) } == nil)
        for mask in [0x15, 0x02, 0x80] as [UInt8] {
          var changed = bytes
          changed[length] ^= mask
          _ = changed.withUnsafeBytes { reader?.read($0) }
        }
      }
    }
    let reader = SlurmRowReader(undeclared: "mt-slurm2_5bd0733")
    for text in [
      "", "{}", "{\"timestamp\":}", "{\"timestamp\":1}", "{\"timestamp\":[}", "{\"timestamp\":\"",
      "[]}", "}",
    ] {
      #expect(read(reader, text) == nil)
    }
  }

  /// The columns that a decomposition would declare for `mt-slurm2`.
  private static let declared = RowSchema(
    name: "slurm2_jobs",
    columns: [
      Column(source: "timestamp"), Column(source: "producer", type: .array(.char)),
      Column(source: "component_id"),
      Column(source: "job_list", member: "job_name", name: "name"),
      Column(source: "job_list", member: "job_id", name: "job_list[job_id]"),
      Column(source: "job_list", member: "user", name: "u"),
      Column(source: "job_list", member: "job_state", name: "s", type: .scalar(.u8)),
      Column(source: "job_list", member: "job_start", name: "b"),
      Column(source: "job_list", member: "job_end", name: "e"),
    ])

  private func declaredRow(name: String = "x", job: String = "301") -> String {
    #"{"timestamp":1795496194.114853,"producer":"userB:7:c2","component_id":2,"name":"\#(name)","#
      + #""job_list[job_id]":\#(job),"u":"userA","s":4,"b":1795496188,"e":1795496204}"#
  }

  @Test func `declared columns are known by their metrics`() throws {
    let reader = try #require(SlurmRowReader(schema: Self.declared))
    let row = try #require(read(reader, declaredRow(name: "a \"b")))
    #expect(
      row
        == SlurmRow(
          sampler: .mtSlurm2, job: 301, user: Name("userA"), name: "a \"b", state: .complete,
          start: 1_795_496_188_000,
          end: 1_795_496_204_000, componentID: 2))
    #expect(read(reader, declaredRow(job: "0")) == nil)
    #expect(read(reader, "nonsense") == nil)
    // Two readings.
    let forged = #"x","job_list[job_id]":999,"u":"bob","s":4,"b":1,"e":2,"q":""#
    #expect(read(reader, declaredRow(name: forged))?.job ?? 301 == 301)
    let doubtful = #"x","job_list[job_id]":1,"u":"a","s":4,"b":1,"e":1}"#
    #expect(read(reader, declaredRow(name: doubtful))?.job ?? 301 == 301)
  }

  @Test func `and by their names, where the metrics are called otherwise`() throws {
    let schema = RowSchema(
      name: "jobs",
      columns: [
        Column(source: "a", name: "job_id", type: .scalar(.u64)),
        Column(source: "b", name: "job_user"),
        Column(source: "c", name: "job_status"), Column(source: "d", name: "job_end"),
      ])
    let reader = try #require(SlurmRowReader(schema: schema))
    let row = try #require(
      read(reader, #"{"job_id":7,"job_user":"userA","job_status":2,"job_end":1795496204}"#))
    #expect(
      row
        == SlurmRow(
          sampler: .jobinfo, job: 7, user: Name("userA"), state: .complete, end: 1_795_496_204_000))
  }

  @Test(arguments: [
    [Column(source: "timestamp"), Column(source: "job_id"), Column(source: "MemFree")],
    [Column(source: "job_state"), Column(source: "job_end")],
    // A job's id that is cut, or a difference, is none.
    [Column(source: "job_id", type: .scalar(.u8)), Column(source: "job_end")],
    [Column(source: "job_id", operation: .diff), Column(source: "job_end")],
    // The tasks are of a job, but say nothing of its end.
    [
      Column(source: "task_list", member: "job_id", name: "job_id"),
      Column(source: "task_list", member: "task_pid"),
    ],
    [
      Column(source: "task_list", member: "job_id", name: "job_id"),
      Column(source: "job_list", member: "job_end"),
    ],
  ])
  func `other row schemas are not of a Slurm sampler`(columns: [Column]) {
    #expect(SlurmRowReader(schema: RowSchema(name: "s", columns: columns)) == nil)
  }

  @Test func `none of the recorded row schemas is taken for one`() throws {
    let schemas = try Decomposition(file: Capture.recording.path("decomp.json")).rowSchemas
    #expect(schemas.count == 7)
    #expect(schemas.allSatisfy { SlurmRowReader(schema: $0) == nil })
  }
}
