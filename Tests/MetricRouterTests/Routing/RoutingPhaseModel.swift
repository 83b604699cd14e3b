import Kafka
import TestSupport
import Testing

@testable import MetricRouter

/// All that can happen to a session, by chance: waits inside of waits, a stop, failed transactions and trouble, in any
/// order.
///
/// It keeps the story as it happened and works every answer out of that anew, where `Phase` keeps a state.
struct RoutingPhaseModel: RandomModel {
  enum Happening {
    case stop(Int64)
    case replay(Int)
    case wentBack
    case end(End)
  }

  enum End: Equatable {
    case stopped
    case rebuild(Int)
    case failed(Int)
  }

  /// What a state is, without times and reasons.
  enum Kind: Hashable, CaseIterable { case running, draining, replaying, ended }

  enum Wait: Hashable, CaseIterable { case revocation, settling, rotation, room }

  struct Sight: Hashable {
    var kind: Kind
    var wait: Wait?
  }

  /// What otherwise takes a broker and luck: something that comes while something else is under way.
  enum Encounter: String, CaseIterable {
    case revocationWhileDraining, revocationWhileReplaying
    /// A topic that refuses its rows, or a commit that fails, makes a transaction fail. The first reason counts.
    case failureWhileDraining, failureWhileReplaying, failureInRevocationWhileDraining
    case stopWhileDraining, stopWhileReplaying, stopInRevocationWhileDraining, stopInRevocationWhileReplaying
    case backWhileDraining, troubleWhileStopping
  }

  var random: SeededGenerator
  var phase = Phase()
  var story: [Happening] = []
  /// The waits that have begun and not ended: what each is, and until when.
  var waits: [(wait: Wait, until: Int64?, depth: Phase.Depth)] = []
  /// Depths of waits that have ended.
  var spent: [Phase.Depth] = []
  var now: Int64 = 1000
  /// Each state in each wait that was seen on the way, and how often something came while something else was under way.
  var seen: Set<Sight> = []
  var encounters: [Encounter: Int] = [:]
  private static let numbers = (0...99).map(String.init)

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func step() -> String? {
    now += Int64.random(in: 0...400, using: &random)
    switch Int.random(in: 0..<200, using: &random) {
    case 0..<24: enter(.revocation, .revocation(until: limit), limit)
    case 24..<32: enter(.revocation, .revocation(until: nil), nil)
    case 32..<60: enter(.settling, .settling(until: limit), limit)
    case 60..<68: enter(.rotation, .rotation(until: limit), limit)
    case 68..<92: enter(.room, .waitingForRoom, nil)
    case 92..<160: leave()
    case 160..<164: if let depth = spent.randomElement(using: &random) { leaveAgain(depth) }
    case 164..<168: stop()
    case 168..<184: replay()
    case 184..<198:
      if case .replaying = kind, phase.deadline != nil { meet(.backWhileDraining) }
      phase.wentBack()
      story.append(.wentBack)
    default: end()
    }
    return fault()
  }

  private var kind: Phase.State { phase.state }

  private var isRevoking: Bool { waits.contains { $0.wait == .revocation } }

  private mutating func meet(_ encounter: Encounter) { encounters[encounter, default: 0] += 1 }

  private var limit: Int64 { now + 3000 }

  private mutating func enter(_ wait: Wait, _ scope: Phase.Scope, _ until: Int64?) {
    guard waits.count < 8 else { return }
    if wait == .revocation {
      switch kind {
      case .draining: meet(.revocationWhileDraining)
      case .replaying: meet(.revocationWhileReplaying)
      case .running, .ended: break
      }
    }
    waits.append((wait, until, phase.enter(scope)))
  }

  /// Mostly the last one; what was begun inside of an earlier one ends with it.
  private mutating func leave() {
    guard !waits.isEmpty else { return }
    let index = random.chance(oneIn: 8) ? Int.random(in: waits.indices, using: &random) : waits.count - 1
    phase.leave(waits[index].depth)
    spent.append(waits[index].depth)
    waits.removeSubrange(index...)
  }

  /// One that has ended already ends nothing else but what stands in its place.
  private mutating func leaveAgain(_ depth: Phase.Depth) {
    guard waits.isEmpty else { return }
    phase.leave(depth)
  }

  private mutating func stop() {
    switch kind {
    case .draining: meet(isRevoking ? .stopInRevocationWhileDraining : .stopWhileDraining)
    case .replaying: meet(isRevoking ? .stopInRevocationWhileReplaying : .stopWhileReplaying)
    case .running, .ended: break
    }
    phase.stop(now: now)
    story.append(.stop(now))
  }

  private mutating func replay() {
    switch kind {
    case .draining: meet(isRevoking ? .failureInRevocationWhileDraining : .failureWhileDraining)
    case .replaying: meet(.failureWhileReplaying)
    case .running, .ended: break
    }
    phase.replay(KafkaError(.timedOut, operation: Self.numbers[story.count]))
    story.append(.replay(story.count))
  }

  private mutating func end() {
    if case .ended(.stopped) = kind { meet(.troubleWhileStopping) }
    let number = Self.numbers[story.count]
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      phase.end(.stopped)
      story.append(.end(.stopped))
    case 1:
      phase.end(.rebuild(KafkaError(.timedOut, operation: number)))
      story.append(.end(.rebuild(story.count)))
    default:
      phase.end(.failed(.ownTopic(number)))
      story.append(.end(.failed(story.count)))
    }
  }

  // MARK: - What the story says

  private struct Expected {
    var stopped: Int64?
    var end: End?
    /// The first failure of a transaction since the consumer went back last, if that came before the end.
    var replay: Int?
    var deadline: Int64?

    var kind: Kind {
      if end != nil {
        .ended
      } else if replay != nil {
        .replaying
      } else if deadline != nil {
        .draining
      } else {
        .running
      }
    }
  }

  private func expected() -> Expected {
    var expected = Expected()
    for happening in story {
      switch happening {
      case .stop(let time): expected.stopped = expected.stopped ?? time
      case .replay(let number): expected.replay = expected.replay ?? number
      case .wentBack: expected.replay = nil
      case .end(let end):
        if expected.end == nil || expected.end == .stopped { expected.end = end }
      }
    }
    expected.deadline = expected.stopped.map { $0 + Phase.drainMilliseconds }
    for wait in waits { if let until = wait.until { expected.deadline = min(expected.deadline ?? .max, until) } }
    return expected
  }

  private func isRight(_ state: Phase.State, _ expected: Expected) -> Bool {
    switch state {
    case .running: expected.kind == .running
    case .draining(let until): expected.kind == .draining && expected.deadline == until
    case .replaying(let error): expected.kind == .replaying && error.operation == Self.numbers[expected.replay ?? 0]
    case .ended(.stopped): expected.end == .stopped
    case .ended(.rebuild(let error)): Int(error.operation).map { expected.end == .rebuild($0) } ?? false
    case .ended(.failed(.ownTopic(let number))): Int(number).map { expected.end == .failed($0) } ?? false
    case .ended(.failed): false
    }
  }

  private mutating func fault() -> String? {
    let expected = expected()
    let kind = expected.kind
    seen.insert(Sight(kind: kind, wait: waits.last?.wait))
    guard isRight(phase.state, expected) else { return "\(phase.state), not \(expected)" }
    let isEnded = kind == .ended
    let isInterrupted = isEnded || kind == .replaying
    guard phase.isEnded == isEnded, phase.isReplaying == (kind == .replaying) else { return "ended or replaying" }
    guard phase.isInterrupted == isInterrupted else { return "what may be sent" }
    guard phase.mayConsume == (kind == .running) else { return "what may be consumed" }
    guard phase.deadline == expected.deadline else { return "the deadline" }
    guard phase.isRevoking == isRevoking, phase.mayPollGroup == (!isEnded && !isRevoking) else {
      return "who is polled"
    }
    guard phase.isWaitingForRoom == waits.contains(where: { $0.wait == .room }) else { return "who waits for room" }
    guard phase.isOutOfPatience(now: now) == (expected.stopped.map { now >= $0 + 2000 } ?? false) else {
      return "patience"
    }
    guard phase.revocation(lost: true) == (isEnded ? .nothing : .abandon),
      phase.revocation(lost: false) == (isEnded ? .nothing : .finish)
    else { return "what a revocation does" }
    return faultOfStep(kind)
  }

  private func faultOfStep(_ kind: Kind) -> String? {
    for isStopRequested in [false, true] {
      let isRight =
        switch phase.step(isStopRequested: isStopRequested) {
        case .leave: kind == .ended || isStopRequested
        case .replay: kind == .replaying && !isStopRequested
        case .route: (kind == .running || kind == .draining) && !isStopRequested
        }
      if !isRight { return "the next step" }
    }
    return nil
  }
}
