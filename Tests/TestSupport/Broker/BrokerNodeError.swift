/// Why a broker did not start or cannot be used, with the end of its log.
struct BrokerNodeError: Error, CustomStringConvertible {
  let node: Int
  let problem: String
  let logEnd: String

  /// Whether another process listens on a port that it was given.
  var isPortTaken: Bool { logEnd.contains("Address already in use") }

  var description: String {
    "Kafka node \(node): \(problem)" + (logEnd.isEmpty ? "" : "; the end of its log:\n\(logEnd)")
  }
}
