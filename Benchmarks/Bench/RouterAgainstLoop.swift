internal import Foundation
internal import Kafka
internal import MetricRouter
internal import TestSupport

/// The router and the bare loop on the same rows, the same broker and the same settings, one after the other.
struct RouterAgainstLoop {
  private let options: BenchOptions
  private let cluster: KafkaCluster
  private let admin: AdminClient
  private let directory: TemporaryDirectory

  /// Starts a broker.
  init(_ options: BenchOptions) async throws {
    self.options = options
    guard FileManager.default.isExecutableFile(atPath: options.loop) else {
      throw BenchError("there is no bare loop at \(options.loop): use 'make bench', which builds it")
    }
    directory = try TemporaryDirectory()
    cluster = try await KafkaCluster.start(.one)
    admin = try AdminClient(
      properties: ClientProperties(["bootstrap.servers": cluster.bootstrap]), observer: SilentObserver())
  }

  func stop() async throws { try await cluster.stop() }

  /// Measures with so many job topics, and prints each pair.
  func run(jobs: Int) async throws {
    let workload = try Workload(jobs: jobs)
    let prefix = "bench\(jobs)"
    // Inputs are filled once; a group of its own reads them from the beginning in each run.
    try makeInputs(workload.topics.inputs)
    let setup = try load(prefix: prefix, group: "setup", inputs: workload.topics.inputs)
    let bytes = try fill(workload)
    print(
      """

      router against bare loop: \(workload.topics.jobs.count) job topics, \(workload.topics.users.count) user topics, \
      \(options.rows) rows of \(bytes / options.rows) bytes in \(workload.topics.inputs.count) topics
      properties of both, from the router's settings:
      """)
    for (name, value) in properties(setup.settings) { print("  \(name)=\(value)") }
    print("                   CPU us a row (system)   rows/s      MB     CPU, router / loop")
    var ratios: [Double] = []
    var routerRuns: [MeasuredRun] = []
    var loopRuns: [MeasuredRun] = []
    for pair in 1...options.pairs {
      // Who is first changes from pair to pair: what the machine does meanwhile should favour nobody.
      let isLoopFirst = pair % 2 == 1
      for isLoop in [isLoopFirst, !isLoopFirst] {
        try await remakeOutputs(workload, setup.settings)
        if isLoop {
          loopRuns.append(try await runLoop(pair, prefix, workload, setup.settings))
          show("loop", loopRuns[pair - 1])
        } else {
          routerRuns.append(try await runRouter(pair, prefix, workload))
          show("router", routerRuns[pair - 1])
        }
        try checkOutputs(workload, setup.settings)
      }
      ratios.append(routerRuns[pair - 1].cpu / loopRuns[pair - 1].cpu)
      print("pair \(pair)" + String(repeating: " ", count: 55) + String(format: "%.2f", ratios[pair - 1]))
    }
    func median(_ runs: [MeasuredRun], _ value: (MeasuredRun) -> Double) -> Double { Self.median(runs.map(value)) }
    print(
      String(
        format: "median: router %.2f us, %.0f rows/s, %.0f MB; loop %.2f us, %.0f rows/s, %.0f MB",
        median(routerRuns, \.cpu), median(routerRuns, \.rate), median(routerRuns, \.memory), median(loopRuns, \.cpu),
        median(loopRuns, \.rate), median(loopRuns, \.memory)))
    print(
      String(
        format: "median ratio: CPU a row %.2f, rows/s %.2f, memory %.2f", Self.median(ratios),
        median(routerRuns, \.rate) / median(loopRuns, \.rate), median(routerRuns, \.memory) / median(loopRuns, \.memory)
      ))
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private func show(_ name: String, _ run: MeasuredRun) {
    let padded = name.padding(toLength: 8, withPad: " ", startingAt: 0)
    print(
      padded
        + String(format: "%20.2f (%.2f) %13.0f %8.0f", run.cpu, run.system, run.rate, run.memory))
    fflush(nil)
  }

  // MARK: Runs

  private func runLoop(
    _ pair: Int, _ prefix: String, _ workload: Workload, _ settings: RouterSettings
  ) async throws -> MeasuredRun {
    let group = "\(prefix)-loop-\(pair)"
    var settings = settings
    settings.consumer["group.id"] = group
    settings.consumer["group.instance.id"] = group
    let lines = properties(settings).map { "\($0)=\($1)\n" }.joined()
    let file = try directory.write(lines, to: "loop.properties")
    let partitions = [settings.userTopic, settings.jobTopic].map { String($0.partitions ?? 1) }
    return try await MeasuredRun.measure(
      options.loop, [file, prefix] + partitions + workload.topics.inputs, environment: [:], group: group,
      inputs: workload.topics.inputs, rows: options.rows, bootstrap: cluster.bootstrap)
  }

  private func runRouter(_ pair: Int, _ prefix: String, _ workload: Workload) async throws -> MeasuredRun {
    let group = "\(prefix)-router-\(pair)"
    let file = try configuration(prefix: prefix, group: group, inputs: workload.topics.inputs)
    return try await MeasuredRun.measure(
      RouterProgram.path, ["run", "--config", file], environment: [:], group: group, inputs: workload.topics.inputs,
      rows: options.rows, bootstrap: cluster.bootstrap)
  }

  /// The lines of a file that the bare loop reads: what the router gives its own clients.
  private func properties(_ settings: RouterSettings) -> [(String, String)] {
    settings.consumer.properties.map { ("consumer.\($0.name)", $0.value) }
      + [("consumer.enable.auto.commit", "false"), ("consumer.enable.auto.offset.store", "false")]
      + settings.producer.properties.map { ("producer.\($0.name)", $0.value) }
      + [("producer.allow.auto.create.topics", "false")]
  }

  // MARK: Configuration

  private func configuration(prefix: String, group: String, inputs: [String]) throws -> String {
    try directory.write(
      """
      kafka: {bootstrap.servers: "\(cluster.bootstrap)"}
      group: \(group)
      instance: \(group)
      decomposition: \(Capture.recording.path("decomp.json"))
      inputs: [\(inputs.joined(separator: ", "))]
      topics: {prefix: \(prefix), directory: \(Repository.root.appending(path: "topics").path(percentEncoded: false))}
      log: {level: warning}

      """, to: "\(group).yaml")
  }

  private func load(prefix: String, group: String, inputs: [String]) throws -> RouterSetup {
    try RouterSetup.load(file: try configuration(prefix: prefix, group: group, inputs: inputs), environment: [:])
  }

  // MARK: Topics

  private func makeInputs(_ names: [String]) throws {
    try make(names.map { NewTopic(name: $0, partitions: 1, replication: 1) })
  }

  /// The topics that are written: of users, of jobs, and for dead letters.
  private func outputs(
    _ workload: Workload, _ settings: RouterSettings
  ) -> (users: [NewTopic], jobs: [NewTopic], deadLetter: NewTopic) {
    let names = settings.plan.names
    let users = workload.topics.users.compactMap { names.user(Name($0.utf8)).map(settings.userTopic.topic(named:)) }
    let jobs = workload.topics.jobs.compactMap { job in
      names.job(Name(job.job.utf8), user: Name(job.user.utf8)).map(settings.jobTopic.topic(named:))
    }
    return (users, jobs, settings.deadLetterTopic.topic(named: names.deadLetters))
  }

  /// Makes the topics that are written, empty.
  private func remakeOutputs(_ workload: Workload, _ settings: RouterSettings) async throws {
    let outputs = outputs(workload, settings)
    let topics = outputs.users + outputs.jobs + [outputs.deadLetter]
    for outcome in try admin.deleteTopics(topics.map(\.name), timeoutMilliseconds: 60_000) {
      if let error = outcome.error, error.code != .unknownTopicOrPartition { throw error }
    }
    try make(topics)
    // The files of the deleted topics go a second later; let the broker come to rest.
    try await Task.sleep(for: .seconds(2))
  }

  /// Whoever is fast because rows are missing was not fast.
  private func checkOutputs(_ workload: Workload, _ settings: RouterSettings) throws {
    func rows(_ topics: [NewTopic]) throws -> Int {
      var rows = 0
      for topic in topics {
        for partition in 0..<(topic.partitions ?? 1) {
          let partition = TopicPartition(topic: topic.name, partition: partition)
          rows += Int(try admin.watermarks(of: partition, timeoutMilliseconds: 10_000).high)
        }
      }
      return rows
    }
    let outputs = outputs(workload, settings)
    let written = (try rows(outputs.users), try rows(outputs.jobs), try rows([outputs.deadLetter]))
    guard written == (options.rows, options.rows, 0) else {
      throw BenchError("of \(options.rows) rows \(written) came to the user, the job and the dead-letter topics")
    }
  }

  private func make(_ topics: [NewTopic]) throws {
    for start in stride(from: 0, to: topics.count, by: 200) {
      let some = Array(topics[start..<min(start + 200, topics.count)])
      for outcome in try admin.createTopics(some, timeoutMilliseconds: 60_000) {
        if let error = outcome.error { throw error }
      }
    }
  }

  /// Stores the rows into the input topics.
  ///
  /// - Returns: their bytes.
  private func fill(_ workload: Workload) throws -> Int {
    let producer = try Producer(
      properties: ClientProperties(["bootstrap.servers": cluster.bootstrap, "linger.ms": "50"]),
      observer: SilentObserver())
    var topics: [String: ProducerTopic] = [:]
    for name in workload.topics.inputs { topics[name] = try producer.topic(named: name) }
    var bytes = 0
    var failure: KafkaError?
    func serve(_ milliseconds: Int32) {
      producer.poll(timeoutMilliseconds: milliseconds) { report in
        if let code = report.error { failure = failure ?? KafkaError(code, operation: "store a row") }
      }
    }
    let key = UnsafeRawBufferPointer(start: nil, count: 0)
    try workload.forEachRow(options.rows) { name, payload in
      guard let topic = topics[name] else { return }
      bytes += payload.count
      while true {
        let code = payload.withUnsafeBytes {
          producer.produce(to: topic, partition: 0, value: $0, key: key, timestamp: 0, tag: 0)
        }
        guard let code else { break }
        guard code == .queueFull else { throw KafkaError(code, operation: "store a row") }
        serve(50)
      }
      if let failure { throw failure }
    }
    guard producer.flush(timeoutMilliseconds: 60_000, { _ in }) else { throw BenchError("the rows were not stored") }
    return bytes
  }
}
