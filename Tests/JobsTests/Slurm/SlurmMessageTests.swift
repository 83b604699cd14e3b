import Naming
import Testing

@testable import Jobs
@testable import MetricRouter

/// Messages of Slurm's `jobcomp/kafka`.
@Suite struct SlurmMessageTests {
  /// As 24.11 and later make it, with the members in its order.
  private static let end =
    #"{"jobid":101,"container":null,"username":"userA","user_id":1001,"groupname":"hpc","group_id":1001,"#
    + #""@start":"2026-11-28T13:30:01","@end":"2026-11-28T13:30:21","elapsed":20,"partition":"normal","#
    + #""alloc_node":"login","nodes":"c[1-2]","total_cpus":4,"total_nodes":2,"derived_ec":"0:0","exit_code":"0:0","#
    + #""state":"COMPLETED","failed_node":null,"cpu_hours":0.022222222222222223,"array_job_id":100,"array_task_id":1,"#
    + #""@submit":"2026-11-28T13:29:58","@eligible":"2026-11-28T13:29:58","@queue_wait":3,"work_dir":"/home/userA","#
    + #""cluster":"hpc","ntasks":2,"time_limit":3600,"job_name":"my \"job\" \\ é","account":"root","#
    + #""parent_accounts":"/root/root"}"#
  /// As 25.05 and later make it where `enable_job_start` is set.
  private static let start =
    #"{"jobid":101,"container":null,"username":"userA","user_id":1001,"groupname":"hpc","group_id":1001,"#
    + #""@start":"2026-11-28T13:30:01","partition":"normal","alloc_node":"login","nodes":"c[1-2]","total_cpus":4,"#
    + #""total_nodes":2,"state":null,"job_name":"x","account":"root"}"#

  private func read(_ text: String) -> Result<SlurmMessage, SlurmMessageError> {
    SlurmMessage.read(Array(text.utf8))
  }

  private func read(_ text: String, replacing old: String, with new: String) -> Result<
    SlurmMessage, SlurmMessageError
  > {
    let changed = text.replacing(old, with: new)
    #expect(changed != text)
    return read(changed)
  }

  @Test func `an end says all that is kept of a job`() throws {
    let message = try read(Self.end).get()
    #expect(message.kind == .end)
    #expect(message.job == 101)
    #expect(message.user == Name("userA"))
    var slurm = SlurmJob()
    slurm.name = #"my "job" \ é"#
    slurm.account = "root"
    slurm.partition = "normal"
    slurm.nodeList = "c[1-2]"
    slurm.state = "COMPLETED"
    slurm.exitCode = "0:0"
    slurm.started = 1_795_872_601_000
    slurm.ended = 1_795_872_621_000
    #expect(message.slurm == slurm)
    #expect(message.nodes?.contains("c2".utf8) == true)
    #expect(message.nodes?.contains("c3".utf8) == false)
  }

  @Test func `a start has no state and no end`() throws {
    let message = try read(Self.start).get()
    #expect(message.kind == .start)
    #expect(message.slurm.started == 1_795_872_601_000)
    #expect(message.slurm.ended == nil)
    #expect(message.slurm.state == nil)
  }

  @Test(arguments: [
    ("COMPLETED", SlurmMessage.Kind.end), ("CANCELLED", .end), ("FAILED", .end), ("TIMEOUT", .end),
    ("NODE_FAIL", .end),
    ("PREEMPTED", .end), ("OUT_OF_MEMORY", .end), ("DEADLINE", .end), ("BOOT_FAIL", .end),
    ("A_STATE_TO_COME", .end),
    ("PENDING", .requeue), ("REQUEUED", .requeue), ("REQUEUE_HOLD", .requeue),
    ("SPECIAL_EXIT", .requeue),
    ("RESIZING", .resize),
  ])
  func `a job that goes on has not ended`(state: String, kind: SlurmMessage.Kind) throws {
    let message = try read(Self.end.replacing("\"COMPLETED\"", with: "\"\(state)\"")).get()
    #expect(message.kind == kind)
    #expect(message.slurm.state == state)
  }

  @Test(arguments: ["Unknown", "None", ""])
  func `times that are not known are none, as versions before November 2024 write them`(text: String) throws {
    let message = try read(Self.end, replacing: "2026-11-28T13:30:01", with: text).get()
    #expect(message.kind == .end)
    #expect(message.slurm.started == nil)
    #expect(message.slurm.ended != nil)
  }

  @Test func `an end without times is still one`() throws {
    let text = Self.end.replacing(
      #""@start":"2026-11-28T13:30:01","@end":"2026-11-28T13:30:21","#, with: "")
    let message = try read(text).get()
    #expect(message.kind == .end)
    #expect(message.slurm.ended == nil)
  }

  @Test(arguments: [#""nodes":null"#, #""nodes":"""#, #""nodes":"(null)""#, #""x":1"#])
  func `a job that never had nodes has none`(nodes: String) throws {
    let message = try read(Self.end, replacing: #""nodes":"c[1-2]""#, with: nodes).get()
    #expect(message.slurm.nodeList == nil)
    #expect(message.nodes == nil)
  }

  @Test func `a list of nodes that cannot be read stays a text`() throws {
    let message = try read(Self.end, replacing: "c[1-2]", with: "bgp[000x133]").get()
    #expect(message.slurm.nodeList == "bgp[000x133]")
    #expect(message.nodes == nil)
  }

  @Test func `a job id may have become a text on its way`() throws {
    #expect(
      try read(Self.end, replacing: #""jobid":101"#, with: #""jobid":"101""#).get().job == 101)
  }

  @Test func `a name that is no UTF-8 does not hide the message`() throws {
    var bytes = Array(Self.end.utf8)
    let place = try #require(bytes.firstIndex(of: 0xC3))
    bytes[place] = 0xFF
    let message = try SlurmMessage.read(bytes).get()
    #expect(message.kind == .end)
    #expect(message.slurm.name?.contains("\u{FFFD}") == true)
    #expect(try bytes.withUnsafeBytes { SlurmMessage.read($0) }.get() == message)
  }

  @Test func `a name cannot forge another member`() throws {
    let name = #"\",\"jobid\":999,\"username\":\"bob"#
    let message = try read(Self.end, replacing: #"my \"job\" \\ é"#, with: name).get()
    #expect(message.job == 101)
    #expect(message.user == Name("userA"))
  }

  @Test(arguments: [
    (#""jobid":101"#, #""jobid":0"#, SlurmMessageError.badJob("the number 0")),
    (#""jobid":101"#, #""jobid":-1"#, .badJob("the number -1")),
    (#""jobid":101"#, #""jobid":4294967296"#, .badJob("the number 4294967296")),
    (#""jobid":101"#, #""jobid":101.0"#, .badJob("the number 101.0")),
    (#""jobid":101"#, #""jobid":"0101""#, .badJob(#"the string "0101""#)),
    (#""jobid":101"#, #""jobid":"x""#, .badJob(#"the string "x""#)),
    (#""jobid":101"#, #""jobid":[101,102]"#, .badJob("an array")),
    (#""jobid":101"#, #""jobid":null"#, .missing("jobid")),
    (#""jobid""#, #""job_id""#, .missing("jobid")),
    (#""username""#, #""user""#, .missing("username")), (#""userA""#, "null", .missing("username")),
    (#""userA""#, #""""#, .missing("username")),
    (#""userA""#, "1001", .badText("username", "the number 1001")),
    (#""normal""#, "[]", .badText("partition", "an array")),
    (#""COMPLETED""#, "3", .badText("state", "the number 3")),
    (#""COMPLETED""#, #""RUNNING""#, .runsAndEnds("RUNNING")),
    (#""2026-11-28T13:30:21""#, #""yesterday""#, .badTime("@end", #"the string "yesterday""#)),
    (#""2026-11-28T13:30:21""#, "true", .badTime("@end", "true")),
    (#""2026-11-28T13:30:21""#, "-5", .badTime("@end", "the number -5")),
  ])
  func `nonsense is refused with the reason`(old: String, new: String, error: SlurmMessageError) {
    #expect(read(Self.end, replacing: old, with: new) == .failure(error))
    #expect(!error.description.isEmpty)
  }

  @Test(arguments: ["[]", "[{\"jobid\":1,\"username\":\"a\"}]"])
  func `an array of jobs is not a job`(text: String) {
    #expect(read(text) == .failure(.notAnObject("an array")))
  }

  @Test func `what is no JSON says so`() {
    for text in ["", "x", "{", "null", "7", #"{"jobid":1,}"#, "\u{0}\u{0}\u{0}\u{0}\u{1}Avro"] {
      guard case .failure(.notJSON(let reason)) = read(text) else {
        Issue.record("\(text) was read")
        continue
      }
      #expect(!reason.isEmpty)
    }
    #expect(read("{}") == .failure(.missing("jobid")))
    let long = [UInt8](repeating: UInt8(ascii: " "), count: SlurmMessage.mostBytes + 1)
    #expect(SlurmMessage.read(long) == .failure(.tooLong(long.count)))
  }

  @Test func `any cut or changed byte is read or refused, never more`() {
    let bytes = Array(Self.end.utf8)
    for length in bytes.indices {
      if case .success(let message) = SlurmMessage.read(Array(bytes[..<length])) {
        Issue.record("\(message)")
      }
      var changed = bytes
      changed[length] ^= 0x15
      _ = SlurmMessage.read(changed)
    }
  }
}
