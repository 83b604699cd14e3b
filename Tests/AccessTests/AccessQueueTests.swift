import Kafka
import Naming
import Testing

@testable import Access
@testable import MetricRouter

@Suite struct AccessQueueTests {
  private let refusal = KafkaError(.clusterAuthorizationFailed, operation: "create ACLs")
  private let silence = KafkaError(.timedOut, operation: "create ACLs")

  private func users(_ range: Range<Int>) -> [Name] { range.map { Name("u\($0)") } }

  @Test func usersAreAskedForInBatches() {
    var queue = AccessQueue()
    #expect(queue.pause(now: 0) == nil)
    #expect(queue.take(now: 0).isEmpty)
    queue.add(users(0..<250))
    #expect(queue.pause(now: 5) == 0)
    var sizes: [Int] = []
    while case let batch = queue.take(now: 5), !batch.isEmpty {
      sizes.append(batch.count)
      queue.answered(batch, errors: [:], now: 5)
    }
    #expect(sizes == [100, 100, 50])
    #expect(queue.totals.granted == 250 && queue.totals.waiting == 0 && queue.totals.refused == 0)
    #expect(queue.pause(now: 5) == nil)
  }

  @Test func whatMayPassIsRetriedAfterASecond() {
    var queue = AccessQueue()
    queue.add(users(0..<2))
    let batch = queue.take(now: 0)
    queue.answered(batch, errors: [batch[1]: silence], now: 0)
    #expect(queue.totals.granted == 1 && queue.totals.waiting == 1)
    #expect(queue.pause(now: 0) == 1000)
    // Somebody new does not make it be tried earlier, nor is held up by more than that.
    queue.add(users(2..<3))
    #expect(queue.take(now: 999).isEmpty)
    #expect(queue.pause(now: 999) == 1)
    #expect(queue.take(now: 1000) == [Name("u1"), Name("u2")])
    queue.answered([Name("u1"), Name("u2")], errors: [:], now: 1010)
    #expect(queue.totals.granted == 3)
    #expect(queue.pause(now: 1010) == nil)
  }

  @Test func whatIsRejectedIsRetriedAfterAMinuteAndHoldsUpNobody() {
    var queue = AccessQueue()
    queue.add(users(0..<150))
    while case let batch = queue.take(now: 0), !batch.isEmpty {
      queue.answered(batch, errors: Dictionary(uniqueKeysWithValues: batch.map { ($0, refusal) }), now: 0)
    }
    #expect(queue.totals.refused == 150)
    #expect(queue.pause(now: 0) == 60000)
    queue.add([Name("new")])
    #expect(queue.take(now: 1) == [Name("new")])
    queue.answered([Name("new")], errors: [:], now: 1)
    // One that is refused again keeps the others from being asked for.
    var batch = queue.take(now: 60000)
    #expect(batch.count == 100)
    queue.answered(batch, errors: Dictionary(uniqueKeysWithValues: batch.map { ($0, refusal) }), now: 60000)
    #expect(queue.take(now: 60001).isEmpty)
    // One that is given at last is followed by all.
    batch = queue.take(now: 120_000)
    queue.answered(batch, errors: [:], now: 120_000)
    batch = queue.take(now: 120_000)
    #expect(batch.count == 50)
    queue.answered(batch, errors: [:], now: 120_000)
    #expect(queue.totals.refused == 0 && queue.totals.granted == 151)
  }
}
