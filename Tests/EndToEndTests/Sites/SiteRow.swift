import Foundation
import TestSupport

/// A row of a capture, with what its own columns say.
struct SiteRow: Sendable {
  /// The topic's name in the capture.
  var topic: String
  var partition: Int32
  var offset: Int64
  /// When Kafka stored it, in milliseconds since 1970.
  var stored: Int64
  var payload: [UInt8]
  var columns: Columns

  /// The columns that tell whose a row is; read by Foundation's parser, which shares nothing with the router's.
  struct Columns: Sendable, Decodable {
    var timestamp: Double
    var hostname: String?
    var instance: String?
    var jobID: UInt64
    var componentID: UInt64
    var username: String?
    /// In rows of a list of jobs only.
    var jobUID: UInt64?
    /// In rows of a list of tasks only.
    var taskPID: UInt64?

    private enum CodingKeys: String, CodingKey {
      case timestamp, hostname, instance, username
      case jobID = "job_id"
      case componentID = "component_id"
      case jobUID = "job_uid"
      case taskPID = "task_pid"
    }
  }

  /// Where it came from, for a test's failure.
  var description: String {
    "\(topic)/\(partition)/\(offset) \(columns.timestamp) \(columns.hostname ?? "") \(columns.instance ?? "") "
      + "job_id \(columns.jobID) component_id \(columns.componentID)"
  }
}
