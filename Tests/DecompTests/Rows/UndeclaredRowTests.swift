import Decomp
import FuzzSupport
import Testing

/// Rows of `as_is` decompositions: a frame, a time, and the job if it stands where no user's text can.
@Suite struct UndeclaredRowTests {
  private func verdict(_ payload: String) -> RowVerdict {
    let guarded = GuardedPayload()
    return guarded.atEnd(Array(payload.utf8)) { UndeclaredRowDecoder().decode($0) }
  }

  @Test(arguments: [
    (#"{"timestamp":1795494747.001655}"#, UInt64?.none),
    (#"{"timestamp":1795494747.001655,"component_id":1,"job_id":0,"app_id":0,"x":"y"}"#, 0),
    (#"{"timestamp":1795494747.001655,"job_id":18446744073709551615}"#, .max),
    (#"{"timestamp":1795494747.001655,"a":nan,"b":[1,2],"c":-0.5,"job_id":7,"d":"x"}"#, 7),
    (#"{"timestamp":1795494747.001655,"component_id":[2,2],"job_id":[301,0],"app_id":[0,0]}"#, nil),
    (#"{"timestamp":1795494747.001655,"job_id":-1}"#, nil), (#"{"timestamp":1795494747.001655,"job_id":"7"}"#, nil),
    (#"{"timestamp":1795494747.001655,"job_id":7.5}"#, nil),
    (#"{"timestamp":1795494747.001655,"job_list.job_id":7}"#, nil),
    // Behind a string nothing is believed: the text may be the user's.
    (#"{"timestamp":1795494747.001655,"component_id":2,"job_list.user":"","job_id":7,"x":"y"}"#, nil),
    (#"{"timestamp":1795494747.001655,"component_id":2,"job_id":101,"job_name":"","job_id":7,"x":""}"#, 101),
    (#"{"timestamp":1795494747.001655,"v"d\64":1,"job_id":7}"#, nil),
    ("{\"timestamp\":1795494747.001655,\"component_id\":1,\"job_id\":5,\"v_char\":\"\u{0}\",\"v_str\":\"\"\"}", 5),
  ])
  func `the job is taken from before the first string`(payload: String, job: UInt64?) {
    let component = payload.firstMatch(of: /^\{"timestamp":[0-9.]+,"component_id":([0-9]+),/).flatMap { UInt64($0.1) }
    #expect(
      verdict(payload)
        == .row(
          DecodedRow(
            job: job, component: component, timestamp: RowTimestamp(seconds: 1_795_494_747, microseconds: 1655))))
  }

  @Test(arguments: [
    ("", RowRefusal.Reason.empty), ("x", .notAnObject), ("[1]", .notAnObject), ("\u{0}\u{0}\u{1}\u{2}\u{3}x", .avro),
    ("\u{0}", .notAnObject), ("{", .truncated), (#"{"timestamp"#, .truncated),
    (#"{"component_id":1}"#, .columnMismatch),
    (#"{"timestamp":"1","x":1}"#, .badValue), (#"{"timestamp":17954947,"x":1}"#, .badValue),
    (#"{"timestamp":1795494747.001655"#, .truncated), (#"{"timestamp":1795494747.001655,"x":1"#, .truncated),
    (#"{"timestamp":1795494747.001655x}"#, .columnMismatch), (#"{ "timestamp":1795494747.001655}"#, .columnMismatch),
    (#"{"timestamp":1795494747.001655,"job_id":18446744073709551616}"#, .badValue),
    (#"{"timestamp":1795494747.001655,"job_id":7}x}"#, .columnMismatch),
    (#"{"timestamp":1795494747.001655}}"#, .columnMismatch),
  ])
  func `what is no such row is refused`(payload: String, reason: RowRefusal.Reason) {
    #expect(verdict(payload).reason == reason)
  }

  @Test func `captured rows have the job that their samplers saw`() throws {
    var jobs: [String: Int] = [:]
    for folder in ["as_is", "slurm_as_is"] {
      for row in try CapturedRows(folder).rows {
        let decoded = try #require(UndeclaredRowDecoder().decode(row.payload).row)
        #expect(decoded.producer == nil)
        let schema = row.topic.prefix { $0 != "_" }
        jobs["\(folder) \(schema) \(decoded.job.map(String.init) ?? "none")", default: 0] += 1
      }
    }
    #expect(jobs.filter { $0.key.hasPrefix("as_is") }.allSatisfy { $0.key.hasSuffix(" 0") })
    #expect(jobs.filter { $0.key.hasPrefix("as_is") }.map(\.value).reduce(0, +) == 3679)
    #expect(jobs.filter { $0.key.hasPrefix("slurm_as_is mt-slurm") }.allSatisfy { $0.key.hasSuffix(" none") })
    #expect(jobs["slurm_as_is jobinfo 301"] ?? 0 > 0)
    #expect(jobs["slurm_as_is meminfo 301"] ?? 0 > 0)
  }
}
