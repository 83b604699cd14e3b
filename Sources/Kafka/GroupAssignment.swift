/// The partitions that a member of a group was given, as the group's leader wrote them down for the broker.
///
/// The format is Kafka's `ConsumerProtocolAssignment`: a version, then topics with their partitions, then data of the
/// assignor's own; all numbers are big-endian.
enum GroupAssignment {
  /// The partitions.
  ///
  /// - Returns: `nil` where these bytes are no assignment. No bytes at all are an assignment of nothing: so it is of a member
  ///   of a group that is being rebalanced.
  static func partitions(_ bytes: UnsafeRawBufferPointer) -> [TopicPartition]? {
    guard !bytes.isEmpty else { return [] }
    var reader = Reader(bytes: bytes)
    guard reader.number(Int16.self) != nil, let topics = reader.number(Int32.self), topics >= 0 else { return nil }
    var partitions: [TopicPartition] = []
    for _ in 0..<topics {
      guard let topic = reader.text(), let count = reader.number(Int32.self), count >= 0 else { return nil }
      for _ in 0..<count {
        guard let partition = reader.number(Int32.self) else { return nil }
        partitions.append(TopicPartition(topic: topic, partition: partition))
      }
    }
    return partitions
  }

  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    var position = 0

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
      guard bytes.count - position >= MemoryLayout<Number>.size else { return nil }
      defer { position += MemoryLayout<Number>.size }
      return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }

    mutating func text() -> String? {
      guard let length = number(Int16.self), length >= 0, bytes.count - position >= Int(length) else { return nil }
      defer { position += Int(length) }
      return String(validating: bytes[position..<position + Int(length)], as: UTF8.self)
    }
  }
}
