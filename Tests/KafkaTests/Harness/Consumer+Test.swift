import Kafka
import TestSupport

extension Consumer {
  /// Reads so many rows.
  func read(_ count: Int, within allowed: Duration = .seconds(15)) throws -> [Row] {
    var rows: [Row] = []
    try eventuallyBlocking("\(count) rows", within: allowed) {
      while rows.count < count, let message = try poll(timeoutMilliseconds: 20) { rows.append(Row(message)) }
      return rows.count == count
    }
    return rows
  }

  /// Polls, dropping rows, until the condition holds.
  func poll(until what: String, within allowed: Duration = .seconds(15), _ condition: () throws -> Bool) throws {
    try eventuallyBlocking(what, within: allowed) {
      _ = try poll(timeoutMilliseconds: 20)
      return try condition()
    }
  }

  /// Polls until an error comes.
  func pollForError(within allowed: Duration = .seconds(15), _ isWanted: (KafkaError) -> Bool) throws -> KafkaError {
    var found: KafkaError?
    try eventuallyBlocking("an error of poll", within: allowed) {
      do throws(KafkaError) {
        _ = try poll(timeoutMilliseconds: 20)
      } catch {
        if isWanted(error) { found = error }
      }
      return found != nil
    }
    return try found ?? { throw KafkaError(.timedOut, operation: "poll for an error") }()
  }
}
