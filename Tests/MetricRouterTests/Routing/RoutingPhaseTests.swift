import Kafka
import Testing

@testable import MetricRouter

@Suite struct RoutingPhaseTests {
  @Test(.timeLimit(.minutes(1))) func whateverHappensTheStoryTellsWhatMayBeDone() {
    var encounters: [RoutingPhaseModel.Encounter: Int] = [:]
    let seen = RoutingPhaseModel.walk(steps: 50) { encounters.merge($0.encounters, uniquingKeysWith: +) }
    guard let seen else { return }
    for encounter in RoutingPhaseModel.Encounter.allCases {
      #expect(encounters[encounter, default: 0] >= 100, "\(encounter)")
    }
    for wait in RoutingPhaseModel.Wait.allCases {
      for kind in [.draining, .replaying, .ended] as [RoutingPhaseModel.Kind] {
        #expect(seen.contains(RoutingPhaseModel.Sight(kind: kind, wait: wait)), "\(kind) in \(wait)")
      }
    }
    #expect(seen.contains(RoutingPhaseModel.Sight(kind: .running, wait: .room)))
    #expect(
      seen.contains(RoutingPhaseModel.Sight(kind: .running, wait: .revocation)),
      "of partitions that are lost, nothing is waited for")
  }

  @Test func aStopThatIsNoticedInTheMiddleOfARevocationOutlastsIt() {
    var phase = Phase()
    let outer = phase.enter(.waitingForRoom)
    let inner = phase.enter(.revocation(until: 9000))
    phase.stop(now: 1000)
    phase.stop(now: 5000)
    #expect(phase.deadline == 1000 + Phase.drainMilliseconds, "the time counts from when it was first noticed")
    phase.leave(inner)
    phase.leave(outer)
    #expect(phase.deadline == 1000 + Phase.drainMilliseconds)
    #expect(!phase.mayConsume)
  }

  @Test func aWaitThatFailsInTheMiddleEndsWhatItHasBegun() {
    var phase = Phase()
    let outer = phase.enter(.revocation(until: 50))
    _ = phase.enter(.settling(until: 20))
    phase.replay(KafkaError(.timedOut, operation: "commit"))
    phase.leave(outer)
    #expect(phase.deadline == nil)
    #expect(phase.isReplaying && !phase.isRevoking)
    phase.wentBack()
    #expect(phase.mayConsume)
  }

  @Test func troubleOnTheWayOutTakesThePlaceOfAStop() {
    var phase = Phase()
    phase.end(.stopped)
    phase.end(.rebuild(KafkaError(.timedOut, operation: "commit")))
    phase.end(.failed(.ownTopic("x")))
    phase.end(.stopped)
    guard case .rebuild = phase.end else {
      Issue.record("\(phase.state)")
      return
    }
  }
}
