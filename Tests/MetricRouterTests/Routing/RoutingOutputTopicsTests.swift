import Kafka
import Testing

@testable import MetricRouter

@Suite struct RoutingOutputTopicsTests {
  private let request = NewTopic(name: "ldms.user.a.rows", partitions: 3, replication: nil)
  private let refusal = KafkaError(.topicAuthorizationFailed, operation: "create")

  private func isMaking(_ topic: OutputTopics.Topic) -> Bool {
    if case .making = topic.state { return true }
    return false
  }

  @Test func aTopicIsAskedForOnceAndBeforeItsFirstRow() {
    var outputs = OutputTopics()
    let position = outputs.add(request)
    #expect(outputs.add(request) == position)
    #expect(outputs.position(of: request.name) == position)
    #expect(outputs.position(of: "other") == nil)
    #expect(outputs.need(position, now: 0) == request)
    #expect(isMaking(outputs[position]))
    #expect(outputs.need(position, now: 0) == nil)
    #expect(outputs.answered(request.name, .success(7), now: 0) == position)
    guard case .ready(7) = outputs[position].state else {
      Issue.record("not ready: \(outputs[position].state)")
      return
    }
    #expect(outputs.need(position, now: 0) == nil)
    #expect(outputs.answered("never asked for", .success(1), now: 0) == nil)
  }

  @Test func aRefusedTopicIsAskedForAgainLater() {
    var outputs = OutputTopics()
    let position = outputs.add(request)
    #expect(outputs.need(position, now: 100) != nil)
    #expect(outputs.answered(request.name, .failure(refusal), now: 100) == position)
    #expect(outputs.need(position, now: 100 + OutputTopics.retryMilliseconds - 1) == nil)
    guard case .refused(refusal, _) = outputs[position].state else {
      Issue.record("not refused: \(outputs[position].state)")
      return
    }
    #expect(outputs.need(position, now: 100 + OutputTopics.retryMilliseconds) == request)
    #expect(isMaking(outputs[position]))
  }

  @Test func aTopicThatMayBeDeletedKeepsItsRowsWaiting() {
    var outputs = OutputTopics()
    let position = outputs.add(request)
    outputs.close(position)
    #expect(outputs.need(position, now: 0) == request, "only one that could be written is closed")
    _ = outputs.answered(request.name, .success(1), now: 0)
    outputs.close(position)
    #expect(isMaking(outputs[position]))
    #expect(outputs.need(position, now: 0) == nil)
    outputs.reopen(position)
    #expect(outputs.need(position, now: 0) == request)
    _ = outputs.answered(request.name, .failure(refusal), now: 0)
    outputs.reopen(position)
    #expect(outputs.need(position, now: 1) == nil, "a refusal stands")
  }

  @Test func aTopicThatHasGoneIsAskedForOnce() {
    var outputs = OutputTopics()
    let position = outputs.add(request)
    _ = outputs.need(position, now: 0)
    _ = outputs.answered(request.name, .success(1), now: 0)
    outputs.forget(position)
    #expect(outputs.need(position, now: 0) == request)
    // The next failure of the same kind, of a row that was under way.
    outputs.forget(position)
    #expect(outputs.need(position, now: 0) == nil)
    #expect(isMaking(outputs[position]))
    outputs.refuse(position, refusal, now: 0)
    outputs.forget(position)
    #expect(outputs.need(position, now: 1) == nil, "a refusal stands")
  }
}
