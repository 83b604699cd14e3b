import Kafka
import Naming
import Testing

@testable import MetricRouter

@Suite struct RoutingAssignmentTests {
  @Test(.timeLimit(.minutes(1))) func rowsAreTakenOfThePartitionsThatAreReadAndOfNoOthers() {
    #expect(RoutingAssignmentModel.walk(steps: 24) == ["another life", "a life ends", "back while suspended"])
  }

  private static let partition = TopicPartition(topic: "meminfo", partition: 3)

  private func assignment() throws -> Assignment {
    let plan = try RoutingPlan(
      schemas: [], storesAsIs: false, producers: ProducerTemplates(["{user}:{job}:{node}"]), topicIdentity: nil,
      names: TopicNames())
    var assignment = Assignment()
    let input = assignment.add(Assignment.Input(plan.input(topic: "meminfo")))
    #expect(assignment.input(named: "meminfo") == input)
    _ = assignment.assign(Self.partition, input: input, since: 4)
    return assignment
  }

  @Test func anAnswerToAnEarlierQuestionSaysNothing() throws {
    var assignment = try assignment()
    #expect(assignment.answered(Self.partition, number: 4, isFirst: true, next: 9) == nil)
    #expect(assignment.due(now: 0) == [Self.partition])
    #expect(assignment.answered(Self.partition, number: 5, isFirst: true, next: 9)?.isFirst == true)
    #expect(assignment.answered(Self.partition, number: 6, isFirst: false, next: 9)?.isFirst == true, "only the first")
    #expect(assignment.due(now: 8).isEmpty)
    assignment.postpone(until: 20)
    #expect(assignment.due(now: 19).isEmpty && assignment.due(now: 20) == [Self.partition])
  }

  @Test func ofARouterThatHasLeftNothingIsBegunOrRefused() throws {
    var assignment = try assignment()
    #expect(assignment.isMember)
    assignment.leave()
    #expect(!assignment.isMember && assignment.assigned.isEmpty)
    #expect(assignment.begin(Self.partition, at: 0, CommitNote(life: .unnamed), number: 5) == nil)
    assignment.refuse(Self.partition)
    #expect(assignment.refused.isEmpty)
  }
}
