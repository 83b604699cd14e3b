import Testing

@testable import Decomp

/// The metrics that may hold the number of a row's job: the first that is not 0 does, wherever it stands in the row.
@Suite struct JobMetricsTests {
  private static let schema = RowSchema(
    name: "meminfo",
    columns: [
      Column(source: "timestamp", type: .timestamp), Column(source: "component_id", type: .scalar(.u64)),
      Column(source: "job_id", name: "JobID", type: .scalar(.u64)), Column(source: "MemFree", type: .scalar(.u64)),
    ])

  private static func payload(component: String, job: String, jobName: String = "JobID") -> [UInt8] {
    Array("{\"timestamp\":1796008357.001142,\"component_id\":\(component),\"\(jobName)\":\(job),\"MemFree\":9}".utf8)
  }

  @Test(
    arguments: [
      (["job_id"], "5", "7", 7, 5), (["component_id"], "5", "7", 5, nil), (["component_id"], "0", "7", 0, nil),
      (["component_id", "job_id"], "5", "7", 5, nil), (["component_id", "job_id"], "0", "7", 7, nil),
      (["job_id", "component_id"], "5", "7", 7, nil), (["job_id", "component_id"], "5", "0", 5, nil),
      (["job_id", "component_id"], "0", "0", 0, nil), (["MemFree", "job_id"], "5", "7", 9, 5),
      (["none"], "5", "7", nil, 5),
    ] as [([String], String, String, UInt64?, UInt64?)])
  func theFirstThatIsNotZeroCounts(
    _ metrics: [String], _ component: String, _ job: String, _ expected: UInt64?, _ node: UInt64?
  ) throws {
    let bytes = Self.payload(component: component, job: job)
    for observed in [[], [1], [2]] as [[Int]] {
      let row = try #require(
        bytes.withUnsafeBytes { RowDecoder(Self.schema, observing: observed, jobMetrics: metrics).decode($0).row })
      #expect(row.job == expected)
      #expect(row.component == node)
    }
    let set = RowDecoderSet([Self.schema], jobMetrics: metrics)
    #expect(bytes.withUnsafeBytes { set.decode($0).row?.job } == expected)
  }

  /// Rows of `as_is` have the metrics' own names.
  @Test(
    arguments: [
      (["job_id"], "5", "7", 7, 5), (["component_id"], "5", "7", 5, nil),
      (["component_id", "job_id"], "0", "7", 7, nil),
      (["job_id", "component_id"], "5", "0", 5, nil), (["none"], "5", "7", nil, 5),
    ] as [([String], String, String, UInt64?, UInt64?)])
  func rowsAsTheyAreHaveThemToo(
    _ metrics: [String], _ component: String, _ job: String, _ expected: UInt64?, _ node: UInt64?
  ) throws {
    let bytes = Self.payload(component: component, job: job, jobName: "job_id")
    let row = try #require(bytes.withUnsafeBytes { UndeclaredRowDecoder(jobMetrics: metrics).decode($0).row })
    #expect(row.job == expected)
    #expect(row.component == node)
  }

  @Test(arguments: ["-1", "99999999999999999999", "1.5", "\"7\"", ""])
  func aValueThatIsNoNumberIsNoJob(_ value: String) {
    let bytes = Self.payload(component: value, job: "7")
    let verdict = bytes.withUnsafeBytes { RowDecoder(Self.schema, jobMetrics: ["component_id", "job_id"]).decode($0) }
    #expect(verdict.row == nil)
    let asIs = bytes.withUnsafeBytes { UndeclaredRowDecoder(jobMetrics: ["component_id"]).decode($0) }
    #expect(asIs.row?.job ?? 0 < 7 || asIs.row?.job == nil)
  }
}
