import Kafka
import Testing

@testable import MetricRouter

/// Where an assigned partition is begun.
@Suite struct RoutingPartitionStartTests {
  struct Case {
    var committed: Int64
    var position: Int64? = nil
    var isOutside = false
    var ends: Result<Watermarks, KafkaError> = .success(Watermarks(low: 5, high: 20))
    var first: PartitionStart.FirstStart? = nil
    var expected: PartitionStart
  }

  private static let none = TopicPartitionOffset.invalid
  private static func failure(_ code: KafkaErrorCode) -> Result<Watermarks, KafkaError> {
    .failure(KafkaError(code, operation: "ask"))
  }

  @Test(arguments: [
    // The group has committed something.
    Case(committed: 10, expected: .resume(at: 10)),
    Case(committed: 20, expected: .resume(at: 20)),
    Case(committed: 3, expected: .resume(at: 5, missing: 3)),
    // Only the broker can say that a position lies behind the end: a new leader may not know the end yet.
    Case(committed: 30, expected: .resume(at: 30)),
    Case(committed: 10, ends: Self.failure(.timedOut), expected: .resume(at: 10)),
    Case(committed: 10, ends: Self.failure(.unknownTopicOrPartition), expected: .absent),
    // It has committed nothing.
    Case(committed: Self.none, expected: .begin(at: 5)),
    Case(committed: Self.none, first: .earliest, expected: .begin(at: 5)),
    Case(committed: Self.none, first: .latest, expected: .begin(at: 20)),
    Case(committed: Self.none, first: .refused, expected: .refused),
    Case(committed: Self.none, ends: Self.failure(.timedOut), expected: .unknown),
    Case(committed: Self.none, ends: Self.failure(.unknownTopicOrPartition), first: .latest, expected: .absent),
    // It was read before.
    Case(committed: 10, position: 15, expected: .resume(at: 15)),
    Case(committed: Self.none, position: 15, expected: .begin(at: 5)),
    // The broker has said that the position does not exist.
    Case(committed: 10, position: 30, isOutside: true, expected: .begin(at: 5)),
    Case(committed: 10, position: 15, isOutside: true, expected: .begin(at: 5)),
    Case(committed: 2, position: 3, isOutside: true, expected: .resume(at: 5, missing: 3)),
    Case(committed: 10, position: 30, isOutside: true, ends: Self.failure(.timedOut), expected: .unknown),
  ])
  func aPartitionBegins(_ given: Case) {
    let start = PartitionStart(
      committed: given.committed, position: given.position, isOutside: given.isOutside, ends: given.ends,
      firstStart: given.first)
    #expect(start == given.expected)
  }

  @Test(
    arguments: [
      ("earliest", PartitionStart.FirstStart.earliest), ("smallest", .earliest), ("beginning", .earliest),
      ("latest", .latest), ("largest", .latest), ("end", .latest), ("error", .refused), (nil, .earliest),
    ] as [(String?, PartitionStart.FirstStart)])
  func librdkafkasPropertySaysWhere(_ property: String?, _ expected: PartitionStart.FirstStart) {
    #expect(PartitionStart.FirstStart(property) == expected)
  }

  @Test(arguments: [true, false]) func rowsUnderWayAreCommittedOnlyWhereTheTopicIsStillTheSame(isCommitted: Bool) {
    let drop = PendingPartition.dropMilliseconds
    func settlement(_ start: PartitionStart, isSameLife: Bool = true, age: Int64 = 0) -> PartitionStart.Settlement {
      start.settlement(isCommitted: isCommitted, isSameLife: isSameLife, age: age)
    }
    #expect(settlement(.resume(at: 5)) == .sameLife)
    #expect(settlement(.resume(at: 5, missing: 2)) == .sameLife)
    #expect(settlement(.resume(at: 5), isSameLife: false) == .otherLife(isAnew: false))
    #expect(settlement(.unknown, age: drop) == .inDoubt && settlement(.refused, age: drop) == .inDoubt)
    // Brokers drop a deleted topic's offsets a moment after the topic.
    #expect(settlement(.absent, age: drop) == (isCommitted ? .inDoubt : .otherLife(isAnew: true)))
    #expect(settlement(.begin(at: 0), age: drop - 1) == (isCommitted ? .inDoubt : .otherLife(isAnew: true)))
    #expect(settlement(.begin(at: 0), age: drop) == .otherLife(isAnew: true))
  }
}
