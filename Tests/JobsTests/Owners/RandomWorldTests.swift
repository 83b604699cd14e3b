import TestSupport
import Testing

@testable import MetricRouter

/// Random clusters, told to two routers that tell each other, and are restarted: no row goes to a user whose job it is not, and each
/// goes where it can be decided.
@Suite struct RandomWorldTests {
  private static let sites: [(name: String, site: RandomWorld.Site)] = [
    ("messages", .init()),
    ("messages that get lost", .init(losesMessages: true)),
    ("messages, shared nodes", .init(sharesNodes: true)),
    ("messages that get lost, shared nodes", .init(sharesNodes: true, losesMessages: true)),
    ("messages, by node", .init(asksByNode: true, hasNumbers: false)),
    ("messages, shared nodes, by node", .init(sharesNodes: true, asksByNode: true)),
    ("rows", .init(hasMessages: false, hasRows: true)),
    ("rows, shared nodes", .init(hasMessages: false, hasRows: true, sharesNodes: true)),
    ("rows that get lost", .init(hasMessages: false, hasRows: true, losesMessages: true)),
    ("rows that say no times", .init(hasMessages: false, hasSeen: true)),
    ("rows that say no times, shared nodes", .init(hasMessages: false, hasSeen: true, sharesNodes: true)),
    ("rows that name no host", .init(hasMessages: false, hasSeen: true, namesHosts: false)),
    ("messages and rows, shared nodes", .init(hasRows: true, sharesNodes: true, losesMessages: true)),
    ("messages and rows that contradict each other", .init(hasRows: true, hasLies: true)),
    ("messages, a backlog", .init(sharesNodes: true, isBacklog: true)),
    ("messages, by node, a backlog", .init(asksByNode: true, hasNumbers: false, isBacklog: true)),
    ("rows, a backlog", .init(hasMessages: false, hasRows: true, sharesNodes: true, isBacklog: true)),
  ]

  @Test(arguments: sites.indices) func noRowGoesToAWrongUser(_ index: Int) throws {
    let (name, site) = Self.sites[index]
    var counts: [String: Int] = [:]
    for seed in 1...12 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(index))
      let world = RandomWorld(site, &random)
      var play = RandomPlay(world, &random)
      let problem = try play.run(&random)
      if let problem {
        Issue.record("\(name), seed \(seed): \(problem)")
        break
      }
      counts.merge(play.counts) { $0 + $1 }
    }
    // It would be easy never to be wrong.
    #expect(counts["owner"] ?? 0 > 300, "\(counts)")
    if site.sharesNodes, site.namesHosts { #expect(counts["withheld"] ?? 0 > 10, "\(counts)") }
    if site.hasLies { #expect(counts["ambiguous"] ?? 0 > 10, "\(counts)") }
  }
}
