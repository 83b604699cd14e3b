import MetricRouter
import Replay
import TestSupport

/// Makes rows of other times, users, jobs and nodes from rows of the recording: the time, the producer, the instance and
/// the component_id at their beginning are replaced, everything behind stays as LDMS wrote it.
struct RowMaker {
  /// By row schema: rows of userA's job 101, from the job_id on.
  private let rests: [String: [Substring.UTF8View]]
  private let tag: String

  init(_ stage: Stage) throws {
    tag = stage.tag
    var rests: [String: [Substring.UTF8View]] = [:]
    for row in try Capture.recording.read().rows {
      let text = String(decoding: row.payload, as: UTF8.self)
      guard text.contains("\"userA:101:c2\""), let rest = text.firstRange(of: "\"job_id\"") else { continue }
      rests[row.topic, default: []].append(text[rest.lowerBound...].utf8)
    }
    self.rests = rests
  }

  /// A row.
  ///
  /// - Parameters:
  ///   - time: in milliseconds since 1970.
  ///   - producer: `user:job:node`.
  ///   - component: the number of the node.
  func row(
    _ schema: String, _ producer: String, component: Int = 1, at time: Int64, partition: Int32 = 0
  ) throws -> InputRow {
    guard let rests = rests[schema], !rests.isEmpty else {
      throw HarnessError(description: "no rows of \(schema) in the recording")
    }
    let rest = rests[Int(time / 1000) % rests.count]
    let fraction = String(time % 1000 * 1000 + 1_000_000).dropFirst()
    let start =
      "{\"timestamp\":\(time / 1000).\(fraction),\"producer\":\"\(producer)\",\"instance\":\"\(producer)/\(schema)\","
      + "\"component_id\":\(component),"
    return InputRow(
      topic: schema + tag, partition: partition, offset: 0, timestamp: time, payload: Array(start.utf8) + Array(rest))
  }
}
