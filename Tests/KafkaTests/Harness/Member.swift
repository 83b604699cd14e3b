import Kafka
import TestSupport

/// A consumer of a group with what it noted, polled by the test's thread in turn with others.
final class Member {
  let consumer: Consumer
  let delegate = NotingDelegate()
  private(set) var rows: [Row] = []

  init(_ clients: Clients, group: String, topics: [String], _ extra: ClientProperties = [:]) throws {
    consumer = try clients.consumer(group, extra)
    consumer.delegate = delegate
    try consumer.subscribe(to: topics)
  }

  var partitions: Set<TopicPartition> { delegate.partitions }

  func poll() throws {
    while let message = try consumer.poll(timeoutMilliseconds: 10) { rows.append(Row(message)) }
  }

  /// Polls all of them until the condition holds.
  static func poll(
    _ members: [Member], until what: String, within allowed: Duration = .seconds(30), _ condition: () throws -> Bool
  ) throws {
    try eventuallyBlocking(what, within: allowed) {
      for member in members { try member.poll() }
      return try condition()
    }
  }
}
