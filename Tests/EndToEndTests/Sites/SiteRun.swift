import Foundation
import Kafka
import MetricRouter
import RouterConfiguration
import TestSupport
import Testing

/// A capture that is played through a router of its own, on brokers that others use as well.
struct SiteRun: Sendable {
  /// A way to run a site: what its `router.yaml` says, and what comes from Slurm.
  struct Variant: Sendable {
    var name: String
    var site: SiteCapture.Site
    /// The keys below `identity:`, as YAML.
    var identity: [String]
    /// Whether Slurm's own messages are there.
    var hasMessages = true
    /// How much later than Slurm sent them they come, in milliseconds of the capture.
    var lateness: Int64 = 0
    /// So many seconds of the capture after another user's job has left a node, the router may not know of it yet.
    var lag: Double = 0
    /// Whether `identity` has `by-node: exclusive`.
    var byNode: Bool { identity.contains("by-node: exclusive") }
    /// Whether it has `shared-nodes: route`.
    var shares: Bool { identity.contains("shared-nodes: route") }
  }

  let variant: Variant
  let capture: SiteCapture
  let stage: Stage
  private let file: RouterFileText

  var name: String { "\(variant.name) (\(stage.delivery.rawValue))" }

  /// What tests write into a file, which is removed with the last reference to this.
  private final class RouterFileText: Sendable {
    let path: String
    private let directory: TemporaryDirectory

    init(_ text: String) throws {
      directory = try TemporaryDirectory()
      path = try directory.write(text, to: "router.yaml")
    }
  }

  init(_ variant: Variant, _ capture: SiteCapture, _ cluster: KafkaCluster, _ delivery: Configuration.Delivery) throws {
    self.variant = variant
    self.capture = capture
    let stage = try Stage(cluster, delivery)
    self.stage = stage
    let inputs = capture.partitions.keys.sorted().map { Self.input($0, capture.site, stage) }
    // A store that writes all row schemas to one topic names it as it likes; the others have the row schema in the name.
    let topic = capture.site == .oneTopic ? [] : ["topic: \"in\(stage.tag).{schema}\""]
    file = try RouterFileText(
      """
      kafka:
        bootstrap.servers: "\(stage.properties["bootstrap.servers"] ?? "")"
        consumer: {session.timeout.ms: 6000}
      group: \(stage.group)
      delivery: \(delivery.rawValue)
      decomposition: \(capture.decomposition)
      inputs: [\(inputs.joined(separator: ", "))]
      identity: {\((topic + variant.identity).joined(separator: ", "))}
      jobs: {events: [\(variant.hasMessages ? Self.slurm(stage) : "")]}
      topics:
        prefix: \(stage.prefix)
        directory: \(Repository.root.appending(path: "topics").path(percentEncoded: false))
      """)
  }

  private static func slurm(_ stage: Stage) -> String { "slurm\(stage.tag)" }

  /// The name of a topic of the capture on these brokers.
  private static func input(_ topic: String, _ site: SiteCapture.Site, _ stage: Stage) -> String {
    site == .oneTopic ? "in\(stage.tag)" : "in\(stage.tag).\(topic)"
  }

  /// Where rows wait for their owners.
  private var waitingTopic: String { "\(stage.prefix).router.waiting" }

  /// The key of a row's copies, without the life.
  func key(of row: SiteRow) -> String {
    "\(Self.input(row.topic, capture.site, stage))/\(row.partition)/\(row.offset)"
  }

  /// All rows and messages in the order in which they come.
  private var things: [InputRow] {
    let rows = capture.rows.map {
      InputRow(
        topic: Self.input($0.topic, capture.site, stage), partition: $0.partition, offset: $0.offset,
        timestamp: $0.stored, payload: $0.payload)
    }
    let messages = capture.messages.enumerated().map {
      InputRow(
        topic: Self.slurm(stage), partition: 0, offset: Int64($0.offset),
        timestamp: $0.element.time + variant.lateness, payload: Array($0.element.text.utf8))
    }
    return (rows + (variant.hasMessages ? messages : [])).sorted { $0.timestamp < $1.timestamp }
  }

  func makeTopics() async throws {
    let stage = stage
    var topics = Dictionary(
      uniqueKeysWithValues: capture.partitions.map { (Self.input($0.key, capture.site, stage), $0.value) })
    topics[Self.slurm(stage)] = 1
    // As `router topics apply` does before the first start.
    topics[waitingTopic] = 3
    try await blocking { [topics] in try stage.makeTopics(topics) }
  }

  /// Stores everything before anybody reads it.
  func feed() async throws {
    let (stage, things) = (stage, things)
    // Brokers drop what is older than a topic keeps; the router goes by the rows' own times.
    let shift = Int64(Date.now.timeIntervalSince1970 * 1000) - (things.last?.timestamp ?? 0)
    try await blocking {
      try stage.feed(
        things.map { thing in
          var thing = thing
          thing.timestamp += shift
          return thing
        })
    }
  }

  /// Stores everything at its time, so many times faster than it came.
  func play(speed: Double) -> RowPlayer { RowPlayer(stage, things, speed: speed) }

  func start() async throws -> IndexedRouter { try await IndexedRouter(path: file.path) }

  /// Waits until the router is a member of its group and has its partitions.
  func waitForPartitions(_ router: IndexedRouter) async throws {
    try await eventually("the partitions of \(name)", within: .seconds(40)) {
      if let status = router.process.status { throw HarnessError(description: "\(name): \(status)\n\(router.log)") }
      return router.log.contains("partitions assigned")
    }
  }

  /// Waits until all rows are committed, and none of them waits for its owner.
  func waitForEnd(_ router: IndexedRouter, within allowed: Duration = .seconds(40)) async throws {
    let stage = stage
    let inputs = Stage.ends(of: things.filter { $0.topic != Self.slurm(stage) })
    let waiting = waitingTopic
    do {
      try await eventually("the end of \(name)", within: allowed) {
        if router.process.status != nil { throw HarnessError(description: "the router ended") }
        try await Task.sleep(for: .milliseconds(100))
        return try await blocking {
          let group = try stage.groupReader
          func committed(_ places: [TopicPartition]) throws -> [TopicPartition: Int64] {
            let offsets = try group.committed(places, timeoutMilliseconds: 30000)
            return Dictionary(offsets.map { ($0.partition, max($0.offset, 0)) }) { $1 }
          }
          guard try committed(Array(inputs.keys)) == inputs else { return false }
          let topics = try stage.admin.describeCluster(timeoutMilliseconds: 30000).topics
          guard let partitions = topics[waiting]?.partitionCount else { return true }
          let places = (0..<partitions).map { TopicPartition(topic: waiting, partition: $0) }
          let ends = try places.map { try stage.admin.watermarksFromLeader(of: $0).high }
          let reached = try committed(places)
          return zip(places, ends).allSatisfy { (reached[$0] ?? 0) >= $1 }
        }
      }
    } catch {
      throw HarnessError(description: "\(name): \(error)\n\(router.log.suffix(5000))")
    }
  }

  /// What became of the rows.
  func fates() async throws -> SiteFates {
    let stage = stage
    return SiteFates(self, outputs: try await blocking { try stage.outputs() })
  }

  /// The router's own counts, of all of which a row has exactly one.
  func checkCounts(
    _ router: IndexedRouter, _ fates: SiteFates, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var text = ""
    func sum(_ name: String) -> Int {
      text.matches(of: /(?m)^(\w+)(?:\{[^}]*\})? (\d+)$/).filter { $0.output.1 == "ldms_router_rows_\(name)_total" }
        .reduce(0) { $0 + (Int($1.output.2) ?? 0) }
    }
    let names = ["routed", "dead_lettered", "unassigned", "withheld"]
    // They are told a moment after the offsets are committed. What they should have been is said below.
    try? await eventually("the counts of \(name)", within: .seconds(10)) {
      text = try await router.response("/metrics").body
      return names.map(sum).reduce(0, +) == capture.rows.count
    }
    let counts = names.map(sum)
    // A row that waits is consumed once more from there.
    #expect(
      sum("consumed") == capture.rows.count + sum("postponed"), "\(name): consumed", sourceLocation: sourceLocation)
    #expect(
      counts == [fates.routed, fates.deadLettered, fates.notCopied - counts[3], counts[3]],
      "\(name): routed, dead-lettered, unassigned, withheld", sourceLocation: sourceLocation)
    // Only rows of shared nodes, and of just before and after, can be withheld.
    let most = [RowTruth.Kind.shared, .boundary, .describing, .unknowable].reduce(0) {
      $0 + (fates.table[$1]?[.notCopied] ?? 0)
    }
    #expect(counts[3] <= most, "\(name): withheld", sourceLocation: sourceLocation)
    if variant.identity.contains("shared-nodes: withhold") {
      #expect(counts[3] >= fates.table[.shared]?[.notCopied] ?? 0, "\(name): withheld", sourceLocation: sourceLocation)
    }
  }
}
