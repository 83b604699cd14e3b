import Decomp
import Replay
import TestSupport
import Testing

/// Recorded rows with other times.
@Suite struct RowTimeShiftTests {
  @Test func onlyTheTimeOfARowIsAnother() throws {
    let recording = try Capture.recording.read()
    let times = RowTimeShift(try Decomposition(file: Capture.recording.path("decomp.json")))
    let shift: Int64 = 3_600_000 * 24 * 365 + 1001
    for (number, row) in recording.rows.enumerated() where number % 7 == 0 {
      let shifted = times.payload(of: row, shiftedBy: shift)
      #expect(shifted.count == row.payload.count)
      #expect(times.payload(of: with(shifted, row), shiftedBy: -shift) == row.payload)
      let text = String(decoding: row.payload.prefix(60), as: UTF8.self)
      let other = String(decoding: shifted.prefix(60), as: UTF8.self)
      let time = try #require(text.firstMatch(of: /"timestamp":(\d+)\.(\d{6})/))
      let late = try #require(other.firstMatch(of: /"timestamp":(\d+)\.(\d{6})/))
      let before = try #require(Int64("\(time.output.1)\(time.output.2)"))
      #expect(Int64("\(late.output.1)\(late.output.2)") == before + shift * 1000)
      #expect(other.replacing(late.output.0, with: "") == text.replacing(time.output.0, with: ""))
    }
  }

  @Test(arguments: [
    "", "{", "{\"timestamp\":}", "{\"timestamp\":1.5}", "{\"timestamp\":0.000000}",
    "{\"timestamp\":99999999999.000000}",
    "{\"other\":1795497251.001715}",
  ])
  func whatHasNoTimeStaysAsItIs(_ payload: String) throws {
    let times = RowTimeShift(try Decomposition(file: Capture.recording.path("decomp.json")))
    for topic in ["meminfo", "nowhere"] {
      let row = RecordedRow(topic: topic, partition: 0, offset: 0, timestamp: 0, payload: Array(payload.utf8))
      #expect(times.payload(of: row, shiftedBy: 5000) == row.payload)
    }
  }

  @Test func rowsThatAreStoredAsTheyAreHaveTheirTimeFirst() throws {
    let times = RowTimeShift(try Decomposition(file: Capture.recording.path("decomp.json")))
    let row = RecordedRow(
      topic: "meminfo_4b63562", partition: 0, offset: 0, timestamp: 0,
      payload: Array("{\"timestamp\":1795497259.999715,\"component_id\":3}".utf8))
    #expect(
      String(decoding: times.payload(of: row, shiftedBy: 1), as: UTF8.self)
        == "{\"timestamp\":1795497260.000715,\"component_id\":3}")
  }

  private func with(_ payload: [UInt8], _ row: RecordedRow) -> RecordedRow {
    RecordedRow(
      topic: row.topic, partition: row.partition, offset: row.offset, timestamp: row.timestamp, payload: payload)
  }
}
