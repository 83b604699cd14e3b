internal import Foundation
internal import Kafka
internal import MetricRouter
internal import TestSupport

/// A router with the index of jobs and one without, in turn, at a site's live rate: what the index adds.
struct IndexLive {
  private let options: BenchOptions
  private let cluster: KafkaCluster
  private let admin: AdminClient
  private let directory: TemporaryDirectory
  private let workload: Workload
  private let prefix = "live"

  /// One stretch of time.
  private struct Stretch {
    /// Processor time in seconds a second: the share of a core.
    var cores: Double
    /// Memory that was resident at the end, in megabytes.
    var memory: Double
  }

  /// Starts a broker.
  init(_ options: BenchOptions) async throws {
    self.options = options
    directory = try TemporaryDirectory()
    cluster = try await KafkaCluster.start(.one)
    admin = try AdminClient(
      properties: ClientProperties(["bootstrap.servers": cluster.bootstrap]), observer: SilentObserver())
    workload = try Workload(jobs: options.jobs[0])
  }

  func stop() async throws { try await cluster.stop() }

  /// Measures, and prints each pair.
  func run() async throws {
    let inputs = workload.topics.inputs.map { NewTopic(name: $0, partitions: 1, replication: 1) }
    for outcome in try admin.createTopics(inputs, timeoutMilliseconds: 60_000) {
      if let error = outcome.error { throw error }
    }
    print(
      """

      the index at a live rate: \(workload.topics.jobs.count) jobs of \(workload.topics.users.count) users, \
      \(options.rate) rows a second, \(options.seconds) s each; no topics for jobs
      """)
    let feeder = try IndexFeeder(bootstrap: cluster.bootstrap, workload: workload, rate: options.rate)
    // Makes the users' topics, which is not measured.
    _ = try await measure(hasIndex: false, feeder, seconds: 1)
    print("                        % of a core      us a row      MB resident")
    var (more, shares, memory): ([Double], [Double], [Double]) = ([], [], [])
    for pair in 1...options.pairs {
      let isIndexFirst = pair % 2 == 0
      var with = Stretch(cores: 0, memory: 0)
      var without = with
      for hasIndex in [isIndexFirst, !isIndexFirst] {
        let stretch = try await measure(hasIndex: hasIndex, feeder, seconds: options.seconds)
        if hasIndex { with = stretch } else { without = stretch }
        print(
          (hasIndex ? "with index" : "without   ")
            + String(
              format: "%22.1f %14.2f %12.0f", stretch.cores * 100, stretch.cores * 1e6 / Double(options.rate),
              stretch.memory))
        fflush(nil)
      }
      more.append((with.cores - without.cores) * 100)
      shares.append((with.cores / without.cores - 1) * 100)
      memory.append(with.memory - without.memory)
    }
    print(
      String(
        format: "the index adds, median of %d pairs: %.1f %% of a core, %.0f %% of the router's time, %.0f MB",
        options.pairs, more.median, shares.median, memory.median))
  }

  private func measure(hasIndex: Bool, _ feeder: IndexFeeder, seconds: Int) async throws -> Stretch {
    // What an earlier run knew of jobs would be read and kept.
    _ = try admin.deleteTopics(["\(prefix).router.jobs"], timeoutMilliseconds: 60_000)
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path(percentEncoded: false)
    let router = try RunningProcess(
      program, ["--route", try configuration(), hasIndex ? "index" : "none"], input: .written)
    defer { router.kill() }
    // All jobs once, and the series and topics of the index some time.
    try feeder.feedAll()
    try await wait(for: feeder, router)
    try await feeder.feed(seconds: seconds > 1 ? 15 : 1)
    let before = Self.processorSeconds(of: router.id)
    let clock = ContinuousClock()
    let began = clock.now
    try await feeder.feed(seconds: seconds)
    let cores = (Self.processorSeconds(of: router.id) - before) / ((clock.now - began) / .seconds(1))
    let memory = Self.residentMemory(of: router.id)
    try await wait(for: feeder, router)
    router.closeInput()
    let status = try await router.wait(within: .seconds(30))
    guard status == .exited(0) else { throw BenchError("the router: \(status)\n\(router.errorText.suffix(2000))") }
    return Stretch(cores: cores, memory: memory)
  }

  /// Waits until the router has committed all rows that were fed.
  private func wait(for feeder: IndexFeeder, _ router: RunningProcess) async throws {
    let watcher = try Consumer(
      properties: ClientProperties(["bootstrap.servers": cluster.bootstrap, "group.id": prefix]),
      observer: SilentObserver())
    let partitions = workload.topics.inputs.map { TopicPartition(topic: $0, partition: 0) }
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(300)
    while clock.now < deadline {
      guard router.status == nil else { throw BenchError("the router ended early:\n\(router.errorText)") }
      let offsets = (try? watcher.committed(partitions, timeoutMilliseconds: 5000)) ?? []
      if offsets.reduce(0, { $0 + Int(max($1.offset, 0)) }) >= feeder.fed { return }
      try await Task.sleep(for: .milliseconds(200))
    }
    throw BenchError("the router did not route \(feeder.fed) rows in time:\n\(router.errorText.suffix(2000))")
  }

  private func configuration() throws -> String {
    try directory.write(
      """
      kafka: {bootstrap.servers: "\(cluster.bootstrap)"}
      group: \(prefix)
      instance: bench
      decomposition: \(Capture.recording.path("decomp.json"))
      inputs: [\(workload.topics.inputs.joined(separator: ", "))]
      topics: {prefix: \(prefix), directory: \(Repository.root.appending(path: "topics").path(percentEncoded: false))}
      jobs: {max-topics: 1}
      log: {level: error}

      """, to: "live.yaml")
  }

  private static func processorSeconds(of id: pid_t) -> Double {
    let text = (try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func residentMemory(of id: pid_t) -> Double {
    let text = (try? String(contentsOfFile: "/proc/\(id)/statm", encoding: .utf8)) ?? ""
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
  }
}
