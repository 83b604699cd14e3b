import Decomp
import FuzzSupport
import Testing

/// Every row that was captured, decoded, with the counts of what comes of it.
@Suite struct RowsCapturedTests {
  @Test(arguments: [
    ("recording", ["row": 4671]),
    ("static", ["row": 2930]),
    // All of as_is: no producer, but a job.
    ("as_is", ["row": 3679]),
    ("slurm_as_is", ["row": 126]),
    ("weird", ["row": 98]),
    ("avro_kafka_json", ["row": 304]),
    ("avro_kafka_avro", ["avro-row": 246]),
  ])
  func `every captured row is a row or refused for the known reason`(folder: String, expected: [String: Int]) throws {
    let captured = try CapturedRows(folder)
    let guarded = GuardedPayload()
    var counts: [String: Int] = [:]
    var decoders: [String: RowDecoderSet] = [:]
    for row in captured.rows {
      let decoder = decoders[row.topic] ?? captured.decoder(of: row.topic)
      decoders[row.topic] = decoder
      let verdict = guarded.atEnd(row.payload) { decoder.decode($0) }
      #expect(verdict == guarded.atStart(row.payload) { decoder.decode($0) })
      counts[verdict.reason?.rawValue ?? "row", default: 0] += 1
      if let schema = captured.schema(of: row.topic), verdict.reason != .avro {
        #expect(verdict == ReferenceReader(schema: schema, payload: row.payload).expected(ignoringPlaceOf: verdict))
      }
    }
    #expect(counts == expected)
  }
}
