import TestSupport
import Testing

@testable import MetricRouter

/// A coordinator that answers late, twice, or not, and a session that wants to commit, by chance.
///
/// The model keeps for each look when it was asked and answered, and works out anew whether offsets may be committed by it.
struct RoutingLookupModel: RandomModel {
  struct Look {
    var number: UInt64
    var asked: Int64
    /// When it was answered; `nil` before that, and for an answer that says nothing.
    var answered: Int64?
    var isOpen = true
    var isUsed = false
  }

  var random: SeededGenerator
  var state = LookupState()
  var now: Int64 = 10_000
  var looks: [Look] = []
  var starts: [UInt64] = []
  var openStart: UInt64?
  var lastFailure: Int64?
  var isWanted = false
  var seen: Set<String> = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func step() -> String? {
    now += Int64.random(in: 0...90, using: &random)
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<3: if let fault = look() { return fault }
    case 3..<6: if let fault = answer() { return fault }
    case 6..<8: if let fault = commit() { return fault }
    case 8: if let fault = askForStarts() { return fault }
    default:
      state.want()
      isWanted = true
    }
    let isDue = isWanted || now - (looks.last?.asked ?? 0) >= 500
    return state.isLookDue(now: now) == isDue ? nil : "whether a look is due"
  }

  private mutating func look() -> String? {
    let isOpen = looks.last?.isOpen ?? false
    let mayLook = !isOpen && lastFailure.map { now - $0 >= 200 } ?? true
    guard let number = state.look(now: now) else {
      if !isOpen { seen.insert("pause after a failure") }
      return mayLook ? "a look is refused" : nil
    }
    guard mayLook else { return "two looks at a time, or too soon after a failure" }
    guard looks.allSatisfy({ $0.number < number }), starts.allSatisfy({ $0 < number }) else { return "a number twice" }
    looks.append(Look(number: number, asked: now))
    isWanted = false
    return nil
  }

  private mutating func answer() -> String? {
    guard let index = looks.indices.suffix(2).randomElement(using: &random) else { return nil }
    let isFailure = random.chance(oneIn: 4)
    let counts = looks[index].isOpen
    if !counts { seen.insert("an answer that comes twice") }
    guard state.answeredLook(looks[index].number, isFailure: isFailure, now: now) == counts else {
      return "whether an answer counts"
    }
    guard counts else { return nil }
    looks[index].isOpen = false
    if isFailure { lastFailure = now } else { looks[index].answered = now }
    return nil
  }

  /// Offsets may be committed by the last look alone, once, and only soon after its answer.
  private mutating func commit() -> String? {
    let last = looks.indices.last
    let isFresh = last.map { !looks[$0].isUsed && looks[$0].answered.map { now - $0 <= 100 } ?? false } ?? false
    guard state.takeVerified(now: now) == isFresh else { return "whether offsets may be committed" }
    if let last, isFresh {
      looks[last].isUsed = true
      seen.insert("committed")
    } else if last.map({ looks[$0].isUsed }) == true {
      seen.insert("no second commit by a look")
    }
    return nil
  }

  private mutating func askForStarts() -> String? {
    guard state.isAskingForStarts == (openStart != nil) else { return "whether starts are asked for" }
    if let number = openStart {
      guard !state.answeredStarts(number + 1), state.answeredStarts(number), !state.answeredStarts(number) else {
        return "whether an answer about starts counts"
      }
      openStart = nil
      return nil
    }
    let number = state.askForStarts()
    guard number == state.last else { return "the last question" }
    starts.append(number)
    openStart = number
    return nil
  }
}
