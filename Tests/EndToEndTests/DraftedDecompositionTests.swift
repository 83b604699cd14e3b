import Decomp
import Foundation
import MetricRouter
import TestSupport
import Testing

/// A site with as_is topics, whose rows nobody can route, takes the decomposition that `router decomp` drafts.
@Suite struct DraftedDecompositionTests {
  /// The jobs of the capture, as its samplers are called after them.
  private static let producers = ["userC:1:c1", "userA:2:c2", "userB:3:c3", "userB-c2"]

  /// The rows of an as_is topic as LDMS stores the same metrics by the draft: with the columns that the draft adds.
  private func rows(_ stored: StoredRows, _ payloads: [[UInt8]]) throws -> [InputRow] {
    let now = Int64(Date.now.timeIntervalSince1970 * 1000)
    return try payloads.enumerated().map { index, payload in
      let comma = try #require(payload.firstIndex(of: UInt8(ascii: ",")))
      let producer = Self.producers[index % Self.producers.count]
      let added = ",\"producer\":\"\(producer)\",\"instance\":\"\(producer)/\(stored.schema)\""
      return InputRow(
        topic: stored.schema, partition: 0, offset: 0, timestamp: now,
        payload: payload[..<comma] + Array(added.utf8) + payload[comma...])
    }
  }

  @Test(.timeLimit(.minutes(2))) func rowsOfAnAsIsSiteReachTheirUsers() async throws {
    let directory = Repository.fixtures.appending(path: "origin")
    let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".jsonl") }
    #expect(files.count == 6)
    var inputs: [DraftInput] = []
    var rows: [InputRow] = []
    for file in files.sorted() {
      let bytes = Array(try Data(contentsOf: directory.appending(path: file)))
      let input = try DraftInput(bytes: bytes, file: file)
      inputs.append(input)
      rows += try self.rows(
        try #require(input.rows), bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) })
    }
    rows = InputRow.numbered(rows)
    #expect(rows.count == 72)
    let stage = try Stage(.asIs, decomposition: DecompositionDraft(inputs).json)
    try stage.makeInputs(rows)
    try stage.feed(rows)
    let router = try RouterHarness(stage)
    try await router.waitForRows(rows.count)
    let totals = try await router.stop()
    #expect(totals.routed == UInt64(rows.count))
    #expect(totals.deadLettered == 0)
    var delivered = try Delivered(stage)
    delivered.check(rows) { ExpectedOwner(row: $0.payload) }
    delivered.checkOrder(rows) { ExpectedOwner(row: $0.payload) }
  }
}
