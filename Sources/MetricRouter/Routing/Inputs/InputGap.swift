public import Kafka

/// Rows of an input partition that were deleted before the router had read them: by retention, or by hand.
///
/// Holes alone say nothing: transactions leave marks, and compacted topics lose single rows. Rows were lost where the next
/// offset lies before the first one that is kept (`PartitionStart.resume`).
public struct InputGap: Sendable, Equatable {
  /// The partition.
  public var partition: TopicPartition
  /// The first offset that was not read.
  public var from: Int64
  /// The offset behind the last one.
  public var to: Int64
  /// How many offsets; as many rows, but for marks of transactions among them.
  public var count: Int64 { to - from }

  /// This gap.
  public init(_ partition: TopicPartition, from: Int64, to: Int64) {
    self.partition = partition
    self.from = from
    self.to = to
  }
}

extension InputGap {
  /// What stands in the header `reason` of the message about a gap, in the dead-letter topic.
  public static let reason = "input-gap"

  /// A sentence for people.
  package var text: String {
    "\(count == 1 ? "1 row" : "\(count) rows") of \(partition), from offset \(from) to \(to - 1), "
      + "\(count == 1 ? "was" : "were") deleted before the router had read \(count == 1 ? "it" : "them")"
  }

  /// The headers of the message about it, which has no value.
  var headers: [MessageHeader] {
    [
      MessageHeader("reason", Self.reason), MessageHeader("detail", text), MessageHeader("topic", partition.topic),
      MessageHeader("partition", String(partition.partition)), MessageHeader("from", String(from)),
      MessageHeader("to", String(to)),
    ]
  }

  /// The gap that a message of the dead-letter topic is about; `nil` for any other message.
  package init?(headers: [MessageHeader]) {
    func text(_ name: String) -> String? {
      headers.first { $0.name == name }?.value.map { String(decoding: $0, as: UTF8.self) }
    }
    guard text("reason") == Self.reason, let topic = text("topic"), !topic.isEmpty,
      let partition = text("partition").flatMap({ Int32($0) }), partition >= 0,
      let from = text("from").flatMap({ Int64($0) }), let to = text("to").flatMap({ Int64($0) }), 0 <= from, from < to
    else { return nil }
    self.init(TopicPartition(topic: topic, partition: partition), from: from, to: to)
  }
}
