import Naming
import TestSupport

@testable import Jobs
@testable import MetricRouter

/// Rows with a job number, and owners that change, by chance.
///
/// The model asks the owners anew for every row: a route that is known has to be the one to which that answer leads. It may be
/// forgotten for nothing, but not always.
struct RoutingJobNumberModel: RandomModel {
  private static let users = ["alice", "bob", "carol"].map { Name($0) }
  private static let nodes = ["c1", "c2", "c3"].map { Name($0) }

  var random: SeededGenerator
  var numbers = JobNumberRoutes()
  var owners = JobOwners()
  var version: UInt64 = 0
  /// Whether the routes have been told of the owners as they are.
  var isTold = true
  var unknown: Set<UInt64> = []
  var routed: Set<JobNumberRoutes.Numbers> = []
  var seen: Set<String> = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func step() -> String? {
    switch Int.random(in: 0..<12, using: &random) {
    case 0, 1: say()
    case 2:
      // How far messages have been read says nothing new about a job that is known.
      owners.messagesRead = (owners.messagesRead ?? 0) + Int64.random(in: 0...100_000, using: &random)
      isTold = false
    case 3:
      let job = someJob()
      numbers.noteUnknown(job)
      unknown.insert(job)
    case 4 where random.chance(oneIn: 4):
      numbers.forgetRoutes()
      routed = []
    default: return route()
    }
    return nil
  }

  private mutating func someJob() -> UInt64 { UInt64.random(in: 1...4, using: &random) }

  private mutating func say() {
    let claims = (0..<Int.random(in: 0...2, using: &random)).map { _ -> JobClaim in
      let from = Int64.random(in: 0...600, using: &random) * 1000
      let to = random.chance(oneIn: 2) ? nil : from + Int64.random(in: 0...300, using: &random) * 1000
      let nodes = Self.nodes.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random))
      return JobClaim(.slurm, from: from, to: to, nodes: random.chance(oneIn: 6) ? nil : Array(nodes))
    }
    owners.set(someJob(), of: Self.users.randomElement(using: &random)!, to: claims)
    isTold = false
  }

  /// One row.
  private mutating func route() -> String? {
    if !isTold {
      version += 1
      let latest = owners
      numbers.update(to: version) { latest }
      isTold = true
    }
    let job = someJob()
    let host = random.chance(oneIn: 5) ? HostTable.none : numbers.host(Self.nodes.randomElement(using: &random)!)
    let component = random.chance(oneIn: 2) ? nil : UInt64.random(in: 1...3, using: &random)
    let row = JobNumberRoutes.Numbers(job: job, component: component, host: host)
    let time = Int64.random(in: -100...1200, using: &random) * 1000
    let found = owners.find(
      job, component: host == HostTable.none ? component : nil, host: numbers.name(ofHost: host), time: time)
    guard numbers.owner(of: row, time: time) == found else { return "the owner of a row" }
    guard numbers.mayWait(forOwnerOf: job) == !unknown.contains(job) else { return "whether a row may wait" }
    var expected: Int32?
    if case .owner(let user, _, _, _) = found { expected = Int32(Self.users.firstIndex(of: user)!) }
    if let known = numbers.route(of: row, time: time) {
      guard routed.contains(row) else { return "a route that was never found" }
      guard known == expected else { return "row of job \(job) at \(time): route \(known), and the owner is \(found)" }
      seen.insert("kept")
      return nil
    }
    if routed.contains(row) { seen.insert(expected == nil ? "outside the times" : "another owner") }
    guard case .owner(_, _, _, let times) = found, let expected else {
      seen.insert("not known")
      return nil
    }
    numbers.add(expected, for: row, times: times)
    unknown.remove(job)
    routed.insert(row)
    return numbers.route(of: row, time: time) == expected ? nil : "a route that was just found"
  }
}
