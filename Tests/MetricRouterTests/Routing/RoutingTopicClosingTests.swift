import TestSupport
import Testing

@testable import MetricRouter

/// The agreement about topics that are to be deleted, without a broker.
@Suite struct RoutingTopicClosingTests {
  @Test func topicsAreClosedUntilTheyAreReopened() async throws {
    let closing = TopicClosing()
    #expect(!closing.hasChanged(since: 0))
    async let answer = blocking { closing.close(["a", "b"], milliseconds: 30_000) }
    try await eventually("an order") { closing.hasChanged(since: 0) }
    let order = closing.take()
    #expect(order.topics == ["a", "b"] && order.deleted.isEmpty)
    // Rows of b are on their way.
    closing.answer(["a"], to: order.version)
    #expect(try await answer == ["a"])
    #expect(!closing.hasChanged(since: order.version))
    closing.reopen(deleted: ["a"])
    #expect(closing.hasChanged(since: order.version))
    let next = closing.take()
    #expect(next.topics.isEmpty && next.deleted == ["a"])
    #expect(closing.take().deleted.isEmpty, "it is told once")
  }

  @Test func aLoopThatDoesNotAnswerKeepsItsTopics() async throws {
    let closing = TopicClosing()
    #expect(try await blocking { closing.close(["a"], milliseconds: 1) } == [])
    let order = closing.take()
    #expect(order.topics.isEmpty, "the order was taken back")
    // An answer that comes too late is about nothing, also where other topics are being closed.
    async let second = blocking { closing.close(["a", "b"], milliseconds: 30_000) }
    try await eventually("the second order") { closing.hasChanged(since: order.version) }
    closing.answer(["a"], to: order.version)
    closing.answer(["b"], to: closing.take().version)
    #expect(try await second == ["b"])
  }
}
