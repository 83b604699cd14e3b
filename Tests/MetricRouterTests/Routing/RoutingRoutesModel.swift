import Kafka
import Naming
import TestSupport
import Testing

@testable import Jobs
@testable import MetricRouter

/// Producers, jobs and nodes that come, send, get a topic late, and are forgotten, by chance.
///
/// The model knows of each row whose it was; `Routes` knows routes and numbers.
struct RoutingRoutesModel: RandomModel {
  struct Known {
    var key: [UInt8]
    var kind: RouteTable.KeyKind
    var identity: Identity
    var userOutput: Int32
    var jobOutput: Int32
    var bytes = 0
    var rows = 0
    var committedRows = 0
    var committedBytes = 0
  }

  struct Job: Hashable {
    var user: Name
    var job: Name
  }

  var random: SeededGenerator
  var routes = Routes()
  var outputs = OutputTopics()
  var known: [Known] = []
  /// What was done for jobs whose routes have been forgotten, and for which that is kept.
  var earlier: [Job: (rows: Int, bytes: Int)] = [:]
  var nextKey = 0
  var seen: Set<String> = []

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// - Returns: what is wrong, if anything.
  mutating func step() -> String? {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<6: return add()
    case 6..<14: return send()
    case 14: return share()
    case 15..<17:
      routes.keepCommitted()
      for index in known.indices {
        known[index].committedRows = known[index].rows
        known[index].committedBytes = known[index].bytes
      }
    case 17:
      routes.goBack()
      for index in known.indices {
        known[index].rows = known[index].committedRows
        known[index].bytes = known[index].committedBytes
      }
    case 18: return finish()
    default: if random.chance(oneIn: 3) { forgetAll() }
    }
    return nil
  }

  private func userTopic(_ identity: Identity) -> String { "ldms.user.\(identity.user.text).rows" }

  private func jobTopic(_ identity: Identity) -> String { "ldms.user.\(identity.user.text).job.\(identity.job.text)" }

  private mutating func output(_ name: String, isJob: Bool) -> Int32 {
    outputs.add(NewTopic(name: name, partitions: 1, replication: nil), isJob: isJob)
  }

  private mutating func add() -> String? {
    nextKey += 1
    let identity = Identity(
      user: Name(["al", "bo"].randomElement(using: &random) ?? ""), job: UInt64.random(in: 1...3, using: &random),
      node: Name(["c1", "c2"].randomElement(using: &random) ?? ""))
    let user = output(userTopic(identity), isJob: false)
    // Where the job has a topic, its rows go there; else it may be one too many.
    let isLimited = outputs.position(of: jobTopic(identity)) == nil && random.chance(oneIn: 2)
    let job = isLimited ? -1 : output(jobTopic(identity), isJob: true)
    if !isLimited, let fault = share(job, identity) { return fault }
    let kind =
      ([.producerColumn, .instanceColumn, .topicName, .jobNumber] as [RouteTable.KeyKind])
      .randomElement(using: &random) ?? .topicName
    let key = Array("key \(nextKey / 2)".utf8)
    let isThere = known.contains { $0.key == key && $0.kind == kind }
    let found = key.withUnsafeBytes { routes.find($0, kind: kind, job: 0) }
    guard (found >= 0) == isThere else { return "a key is found that is not there, or the other way round" }
    guard !isThere else { return nil }
    let route = key.withUnsafeBytes {
      routes.add($0, kind: kind, job: 0, identity, userOutput: user, jobOutput: job)
    }
    guard Int(route) == known.count else { return "the number of a route" }
    known.append(Known(key: key, kind: kind, identity: identity, userOutput: user, jobOutput: job))
    return nil
  }

  private mutating func send() -> String? {
    guard let index = known.indices.randomElement(using: &random) else { return nil }
    let route = known[index].key.withUnsafeBytes { routes.find($0, kind: known[index].kind, job: 0) }
    guard Int(route) == index, routes.identity(route) == known[index].identity else { return "a row of another's" }
    guard routes[route].userOutput == known[index].userOutput, routes[route].jobOutput == known[index].jobOutput else {
      return "a row goes elsewhere"
    }
    let bytes = Int.random(in: 1...100, using: &random)
    routes.count(bytes, along: route)
    known[index].rows += 1
    known[index].bytes += bytes
    return nil
  }

  /// A job that had none gets a topic.
  private mutating func share() -> String? {
    guard let index = known.indices.filter({ known[$0].jobOutput < 0 }).randomElement(using: &random) else {
      return nil
    }
    seen.insert("a topic after all")
    let identity = known[index].identity
    return share(output(jobTopic(identity), isJob: true), identity)
  }

  private mutating func share(_ output: Int32, _ identity: Identity) -> String? {
    let expected = known.indices.filter {
      known[$0].jobOutput < 0 && known[$0].identity.user == identity.user && known[$0].identity.job == identity.job
    }
    guard Set(routes.share(output, with: identity)) == Set(expected.map { Int32($0) }) else { return "who shares" }
    for index in expected { known[index].jobOutput = output }
    return nil
  }

  private mutating func forgetAll() {
    let kept = Set(outputs.topics.indices.map { Int32($0) }.filter { _ in random.chance(oneIn: 2) })
    var live: Set<Job> = []
    for route in known where kept.contains(route.jobOutput >= 0 ? route.jobOutput : route.userOutput) {
      live.insert(Job(user: route.identity.user, job: route.identity.job))
    }
    earlier = totals().filter { live.contains($0.key) }
    routes.forgetAll(outputs) { kept.contains($0) }
    outputs.keepOnly(kept.sorted(), replaced: [])
    known = []
    if !earlier.isEmpty { seen.insert("earlier jobs") }
  }

  private func totals() -> [Job: (rows: Int, bytes: Int)] {
    var totals = earlier
    for route in known {
      let job = Job(user: route.identity.user, job: route.identity.job)
      let sum = totals[job] ?? (0, 0)
      totals[job] = (sum.rows + route.rows, sum.bytes + route.bytes)
    }
    return totals
  }

  /// What is said of all routes together.
  func finish() -> String? {
    guard routes.count == known.count, routes.identities == known.map(\.identity) else { return "a route too many" }
    let limited = known.indices.filter { known[$0].jobOutput < 0 }.map { Int32($0) }
    guard routes.limited == limited.count, routes.limitedRoutes == limited else { return "routes without a topic" }
    let open = known.filter { $0.rows > $0.committedRows }.flatMap { [$0.userOutput, $0.jobOutput] }
    guard routes.outputsOfTransaction == Set(open.filter { $0 >= 0 }) else { return "outputs of the transaction" }
    let rows = routes.rows(outputCount: outputs.topics.count)
    for output in outputs.topics.indices.map({ Int32($0) }) {
      let users = known.indices.filter { known[$0].userOutput == output || known[$0].jobOutput == output }
      guard Set(routes.routes(of: output)) == Set(users.map { Int32($0) }) else { return "who uses an output" }
      guard rows[Int(output)] == UInt64(users.reduce(0) { $0 + known[$1].rows }) else { return "rows of an output" }
    }
    let totals = totals()
    let found = routes.jobTotals(outputs)
    guard found.count == totals.count else { return "\(found.count) jobs, not \(totals.count)" }
    for job in found {
      guard let sum = totals[Job(user: job.user, job: job.job)] else { return "a job that nobody has" }
      guard job.rows == UInt64(sum.rows), job.bytes == UInt64(sum.bytes) else { return "what was done for a job" }
    }
    return nil
  }
}
