import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// Rows as real sites store them, whose samplers are not named after users: what becomes of every single row is compared with
/// what ran on which node at its time.
///
/// The captures of all sites run beside each other, each through a router of its own: they wait most of the time.
@Suite(.requiresKafka, .serialized, .timeLimit(.minutes(3))) struct SiteRoutingTests {
  private typealias Variant = SiteRun.Variant

  private static let hosts = ["producers: [\"{node}\"]", "nodes: \"c[1-3]\"", "owner-wait: 3s"]
  /// LDMS's list of jobs, of which only the number of the user is Slurm's word.
  private static let list = [
    "owners: [{schema: slurm_jobs, job: job_id, uid: job_uid, host: hostname}]", "user-ids: \(SiteCapture.users)",
  ]
  private static let byNode = ["by-node: exclusive"]
  private static let perJob = ["job: [component_id]", "owner-wait: 20s"]

  private static let alwaysOn = Variant(name: "always on", site: .alwaysOn, identity: hosts + byNode)
  private static let byList = Variant(
    name: "always on, by LDMS's list of jobs", site: .alwaysOn, identity: hosts + list, hasMessages: false)
  private static let byBoth = Variant(
    name: "always on, by messages and list", site: .alwaysOn, identity: hosts + list + ["shared-nodes: withhold"])
  private static let sharing = Variant(
    name: "always on, rows of shared nodes routed", site: .alwaysOn, identity: hosts + ["shared-nodes: route"])
  private static let oneTopic = Variant(
    name: "one topic", site: .oneTopic, identity: hosts + list + byNode)
  private static let samplerPolicy = Variant(
    name: "sampler policy", site: .samplerPolicy,
    identity: hosts + ["instances: [\"{node}/{any}-{job}\", \"{node}/{job}/{any}\"]"])
  private static let perJobSamplers = Variant(
    name: "a sampler per job, by messages", site: .originLater, identity: perJob)
  private static let perJobRows = Variant(
    name: "a sampler per job, by rows of jobid", site: .originLater,
    identity: perJob + ["owners: [{schema: jobid, job: job_id, user: username, when: \"component_id = job_id\"}]"],
    hasMessages: false)
  private static let hazard = Variant(
    name: "hosts with names like users", site: .hazard,
    identity: ["producers: [\"{node}\"]", "nodes: \"gpu-001,login-1,cn-0042\"", "owner-wait: 3s"])
  private static let origin = Variant(name: "rows that say nothing", site: .origin, identity: [], hasMessages: false)

  /// Runs all of these at the same time.
  private func run(
    _ variants: [(Variant, Configuration.Delivery)], _ body: @escaping @Sendable (SiteRun) async throws -> Void
  ) async throws {
    let cluster = try await KafkaCluster.shared(.one)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (variant, delivery) in variants {
        group.addTask {
          let run = try SiteRun(variant, await SiteCapture(variant.site), cluster, delivery)
          do {
            try await run.makeTopics()
            try await body(run)
          } catch {
            // The others go on, and say how they get on.
            Issue.record("\(run.name): \(error)")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Compares, and stops the router.
  ///
  /// - Parameter isSecond: whether another router has died before, which took its counts with it.
  private func finish(_ run: SiteRun, _ router: IndexedRouter, isSecond: Bool = false) async throws {
    try await run.waitForEnd(router)
    let fates = try await run.fates()
    print("\(run.name): \(fates.summary)")
    // What was sent and not acknowledged may be there twice, but not in a transaction.
    fates.check(run, mayRepeat: isSecond && run.stage.delivery == .atLeastOnce)
    if !isSecond { try await run.checkCounts(router, fates) }
    try await router.stop()
  }

  /// All rows and all of Slurm's messages wait when the router starts.
  @Test func aBacklogOfEverySite() async throws {
    let atLeastOnce = [
      Self.alwaysOn, Self.byList, Self.sharing, Self.oneTopic, Self.samplerPolicy, Self.perJobSamplers, Self.perJobRows,
      Self.hazard, Self.origin,
    ]
    try await run(atLeastOnce.map { ($0, .atLeastOnce) } + [(Self.byBoth, .exactlyOnce)]) { run in
      try await run.feed()
      try await finish(run, try await run.start())
    }
  }

  /// Rows and messages come at their own times, only faster.
  ///
  /// Without `by-node`, which goes by how far Slurm's messages have been read by now: these rows have the times of long ago.
  @Test func everySiteAsItRuns() async throws {
    var oneTopic = Self.oneTopic
    oneTopic.identity.removeAll { Self.byNode.contains($0) }
    let variants: [(Variant, Configuration.Delivery)] = [
      (Self.byBoth, .atLeastOnce), (Self.byList, .exactlyOnce), (oneTopic, .atLeastOnce),
      (Self.samplerPolicy, .atLeastOnce), (Self.perJobSamplers, .atLeastOnce), (Self.perJobRows, .atLeastOnce),
      (Self.hazard, .atLeastOnce),
    ]
    let speed = 10.0
    // A row after the shared time is its job's again as soon as the index knows that the other job has ended, which it tells twice a
    // second. On nodes that run at their own speed that is within what the router leaves for their clocks.
    let lagging = variants.map { variant, delivery in
      var variant = variant
      variant.lag = 2 * speed
      return (variant, delivery)
    }
    try await run(lagging) { run in
      let router = try await run.start()
      try await run.waitForPartitions(router)
      try await run.play(speed: speed).finish()
      try await finish(run, router)
    }
  }

  /// Slurm's messages come two seconds late, so that rows wait for them at every moment, and the router is killed in the middle.
  @Test func aRouterThatIsKilledWhileRowsWaitForTheirOwner() async throws {
    var late = Self.byBoth
    late.name = "always on, messages late"
    late.identity = Self.hosts.filter { !$0.hasPrefix("owner-wait") } + ["owner-wait: 10s", "shared-nodes: withhold"]
    late.lateness = 20_000
    try await run([(late, .atLeastOnce), (late, .exactlyOnce)]) { run in
      let router = try await run.start()
      try await run.waitForPartitions(router)
      let player = run.play(speed: 10)
      try await eventually("many rows that wait", within: .seconds(40)) {
        let metrics = try await router.response("/metrics").body
        let postponed = metrics.firstMatch(of: /\nldms_router_rows_postponed_total (\d+)/)
        return postponed.flatMap { Int($0.output.1) } ?? 0 > 200
      }
      try await router.kill()
      let next = try await run.start()
      try await player.finish()
      try await finish(run, next, isSecond: true)
    }
  }
}
