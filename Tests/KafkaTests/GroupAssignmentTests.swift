import Testing

@testable import Kafka

/// Assignments of a group's members as brokers hand them on.
@Suite struct GroupAssignmentTests {
  private static func read(_ bytes: [UInt8]) -> [TopicPartition]? {
    bytes.withUnsafeBytes { GroupAssignment.partitions($0) }
  }

  /// Version 0, `ab` with partitions 0 and 258, `c` with none, no data of the assignor.
  private static let two: [UInt8] =
    [0, 0, 0, 0, 0, 2] + [0, 2, 97, 98, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 2] + [0, 1, 99, 0, 0, 0, 0]
    + [255, 255, 255, 255]

  @Test func partitionsAreRead() {
    #expect(
      Self.read(Self.two) == [TopicPartition(topic: "ab", partition: 0), TopicPartition(topic: "ab", partition: 258)])
    #expect(Self.read([]) == [])
  }

  @Test func whatIsNoAssignmentIsNone() {
    // Cut off anywhere before the assignor's data.
    for length in 1..<Self.two.count - 4 { #expect(Self.read(Array(Self.two[..<length])) == nil, "\(length) bytes") }
    // More than there is, less than nothing, and a name that is no text.
    #expect(Self.read([0, 0, 127, 255, 255, 255]) == nil)
    #expect(Self.read([0, 0, 255, 255, 255, 255]) == nil)
    #expect(Self.read([0, 0, 0, 0, 0, 1, 255, 255]) == nil)
    #expect(Self.read([0, 0, 0, 0, 0, 1, 0, 1, 0xff, 0, 0, 0, 0]) == nil)
    #expect(Self.read([0, 0, 0, 0, 0, 1, 0, 1, 97, 127, 255, 255, 255]) == nil)
  }
}
