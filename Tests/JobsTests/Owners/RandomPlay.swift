import Naming
import TestSupport

@testable import Jobs
@testable import MetricRouter

/// Plays a world to two routers, which publish what they know, and are restarted.
struct RandomPlay {
  private let world: RandomWorld
  private let rules: JobRules
  private let mayRestart: Bool
  private var routers: [JobIndex] = []
  private var owners: [JobOwners] = []
  /// What the index's topic holds.
  private var topic: [String: [UInt8]] = [:]
  private var messages: [SlurmMessage] = []
  /// How many rows had which fate.
  private(set) var counts: [String: Int] = [:]

  init(_ world: RandomWorld, _ random: inout SeededGenerator) {
    self.world = world
    mayRestart = Bool.random(using: &random)
    // What rows said is gone with a router that was restarted after the job was forgotten.
    let keepsAll = mayRestart && (world.site.hasRows || world.site.hasSeen)
    var rules = JobRules(keepEnded: keepsAll ? 86_400_000 : 50_000)
    rules.owners = JobOwners.Rules(asksByNode: world.site.asksByNode)
    self.rules = rules
  }

  private func router(_ number: Int) throws -> JobIndex {
    JobIndex(rules: rules, instance: "r\(number)", valueNames: [], names: try TopicNames())
  }

  /// - Returns: what went wrong.
  mutating func run(_ random: inout SeededGenerator) throws -> String? {
    routers = try (0..<2).map(router)
    owners = routers.map { _ in JobOwners(rules: rules.owners) }
    var nextEvent = 0
    var nextRow = 0
    var pending: [RandomWorld.Row] = []
    var now = RandomWorld.begin
    let end = world.end + 120_000
    while now < end || !pending.isEmpty {
      now += 500
      var isNew = false
      while nextEvent < world.events.count, world.events[nextEvent].time <= now {
        tell(world.events[nextEvent].what, &random)
        nextEvent += 1
        isNew = true
      }
      if isNew { try publish() }
      if mayRestart, Int.random(in: 0...300, using: &random) == 0 { try restart(Int.random(in: 0...1, using: &random)) }
      if now / 500 % 20 == 0 { advance(now) }
      while nextRow < world.rows.count, world.rows[nextRow].read <= now {
        pending.append(world.rows[nextRow])
        nextRow += 1
      }
      guard !pending.isEmpty else { continue }
      snapshot(now)
      var waiting: [RandomWorld.Row] = []
      for row in pending {
        let found = owners[Int.random(in: 0...1, using: &random)].find(
          row.number, component: nil, host: RandomWorld.host(row.node), time: row.time)
        if case .unknown = found, now < row.read + 30_000 {
          waiting.append(row)
        } else if let problem = judge(row, found, now) {
          return problem
        }
      }
      pending = waiting
    }
    return nil
  }

  private mutating func judge(_ row: RandomWorld.Row, _ found: JobOwners.Found, _ now: Int64) -> String? {
    counts[found.word, default: 0] += 1
    let context = "\(row), decided at \(now - row.made) as \(found); jobs \(world.jobs)"
    guard case .owner(let user, let job, _, _) = found else {
      guard let required = world.required(row, until: min(now, row.read + 25_000)) else { return nil }
      return "it is \(required)'s: \(context)"
    }
    return world.fault(in: row, user: user, number: job, decided: now).map { "\($0): \(context)" }
  }

  private mutating func tell(_ what: RandomWorld.Told, _ random: inout SeededGenerator) {
    switch what {
    case .message(let message):
      messages.append(message)
      for router in routers { router.edit { $0.add(message) } }
    case .row(let row, let user):
      // One of them reads it.
      _ = routers[Int.random(in: 0...1, using: &random)].edit { $0.add(row, of: Name(user)) }
    }
  }

  private mutating func publish() throws {
    for (number, router) in routers.enumerated() {
      for message in router.takeUnpublished(limit: .max) {
        topic[message.key] = message.value
        guard let value = message.value else { continue }
        try read(message.key, value, into: routers[1 - number], isEarlier: false)
      }
    }
  }

  private func read(_ key: String, _ value: [UInt8], into router: JobIndex, isEarlier: Bool) throws {
    guard case .job(let job, let instance)? = JobIndexKey(Array(key.utf8)) else { return }
    let share = try JobShare(message: value, key: job, instance: instance, valueNames: [])
    router.edit { $0.merge(share, isEarlier: isEarlier) }
  }

  /// A router starts again, knowing what the topics have.
  private mutating func restart(_ number: Int) throws {
    routers[number] = try router(number)
    for (key, value) in topic { try read(key, value, into: routers[number], isEarlier: true) }
    for message in messages { routers[number].edit { $0.add(message) } }
  }

  private mutating func advance(_ now: Int64) {
    for router in routers {
      // No row of a backlog has been read before its end.
      let keys = router.edit { ledger -> [String] in
        ledger.advance(to: world.site.isBacklog && now < world.end ? RandomWorld.begin : now - 3000)
        ledger.lookAtHidden()
        return ledger.forgetExpired()
      }
      for key in keys { topic[key] = nil }
    }
  }

  private mutating func snapshot(_ now: Int64) {
    for number in routers.indices {
      owners[number] = routers[number].edit { $0.owners() }
      owners[number].messagesRead = world.site.hasMessages ? now : nil
      owners[number].taken = now
    }
  }
}
