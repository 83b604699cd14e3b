internal import Foundation
internal import Kafka
internal import MetricRouter
internal import TestSupport
import Topics

/// The router and the bare loop on the same rows, the same broker and the same settings, one after the other.
struct RouterAgainstLoop {
  private let options: BenchOptions
  private let broker: BenchBroker

  /// Starts a broker.
  init(_ options: BenchOptions) async throws {
    self.options = options
    guard FileManager.default.isExecutableFile(atPath: options.loop) else {
      throw BenchError("there is no bare loop at \(options.loop): use 'make bench', which builds it")
    }
    broker = try await BenchBroker()
  }

  func stop() async throws { try await broker.stop() }

  /// Measures with so many job topics, and prints each pair.
  func run(jobs: Int) async throws {
    let workload = try Workload(jobs: jobs)
    let prefix = "bench\(jobs)"
    // Inputs are filled once; a group of its own reads them from the beginning in each run.
    try broker.makeInputs(workload.topics.inputs)
    let setup = try broker.load(prefix: prefix, inputs: workload.topics.inputs)
    let bytes = try broker.fill(workload, rows: options.rows)
    print(
      """

      router against bare loop: \(workload.topics.jobs.count) job topics, \(workload.topics.users.count) user topics, \
      \(options.rows) rows of \(bytes / options.rows) bytes in \(workload.topics.inputs.count) topics
      properties of both, from the router's settings:
      """)
    for (name, value) in properties(setup.settings) { print("  \(name)=\(value)") }
    let linger = loopLinger(workload, setup.settings).map { ", which wait up to \($0) ms for more rows" } ?? ""
    print("the loop has \(loopProducers(workload, setup.settings)) producers\(linger)")
    print("                   CPU us a row (system)   rows/s      MB  broker us     CPU, router / loop")
    var ratios: [Double] = []
    var routerRuns: [MeasuredRun] = []
    var loopRuns: [MeasuredRun] = []
    for pair in 1...options.pairs {
      // Who is first changes from pair to pair: what the machine does meanwhile should favour nobody.
      let isLoopFirst = pair % 2 == 1
      for isLoop in [isLoopFirst, !isLoopFirst] {
        try await broker.remakeOutputs(workload, setup.settings)
        if isLoop {
          loopRuns.append(try await runLoop(pair, prefix, workload, setup.settings))
          show("loop", loopRuns[pair - 1])
        } else {
          routerRuns.append(try await runRouter(pair, prefix, workload))
          show("router", routerRuns[pair - 1])
        }
        try broker.checkOutputs(workload, setup.settings, rows: options.rows)
      }
      ratios.append(routerRuns[pair - 1].cpu / loopRuns[pair - 1].cpu)
      print("pair \(pair)" + String(repeating: " ", count: 66) + String(format: "%.2f", ratios[pair - 1]))
    }
    func median(_ runs: [MeasuredRun], _ value: (MeasuredRun) -> Double) -> Double { runs.map(value).median }
    print(
      String(
        format: "median: router %.2f us, %.0f rows/s, %.0f MB; loop %.2f us, %.0f rows/s, %.0f MB",
        median(routerRuns, \.cpu), median(routerRuns, \.rate), median(routerRuns, \.memory), median(loopRuns, \.cpu),
        median(loopRuns, \.rate), median(loopRuns, \.memory)))
    print(
      String(
        format: "median ratio: CPU a row %.2f, rows/s %.2f, memory %.2f", ratios.median,
        median(routerRuns, \.rate) / median(loopRuns, \.rate), median(routerRuns, \.memory) / median(loopRuns, \.memory)
      ))
  }

  private func show(_ name: String, _ run: MeasuredRun) {
    let padded = name.padding(toLength: 8, withPad: " ", startingAt: 0)
    print(
      padded
        + String(
          format: "%20.2f (%.2f) %13.0f %8.0f %10.2f", run.cpu, run.system, run.rate, run.memory, run.brokerCPU))
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
    if let linger = loopLinger(workload, settings) { settings.producer["linger.ms"] = String(linger) }
    let lines = properties(settings).map { "\($0)=\($1)\n" }.joined()
    let file = try broker.directory.write(lines, to: "loop.properties")
    let partitions = [settings.templates.user, settings.templates.job].map { String($0.partitions ?? 1) }
    return try await MeasuredRun.measure(
      options.loop, [file, prefix] + partitions + [String(loopProducers(workload, settings))] + workload.topics.inputs,
      environment: [:], group: group,
      inputs: workload.topics.inputs, rows: options.rows, broker: broker.cluster)
  }

  private static func outputPartitions(_ workload: Workload, _ settings: RouterSettings) -> Int {
    workload.topics.users.count * Int(settings.templates.user.partitions ?? 1)
      + workload.topics.jobs.count * Int(settings.templates.job.partitions ?? 1)
  }

  /// As many as the router opens: the loop, too, is at its best with a few hundred partitions for each.
  private func loopProducers(_ workload: Workload, _ settings: RouterSettings) -> Int {
    min(Self.outputPartitions(workload, settings) / settings.partitionsPerProducer + 1, ProducerPool.producersLimit)
  }

  /// As long as the router's producers while it catches up.
  private func loopLinger(_ workload: Workload, _ settings: RouterSettings) -> Int? {
    settings.linger.milliseconds(partitions: Self.outputPartitions(workload, settings), isCatchingUp: true)
  }

  private func runRouter(_ pair: Int, _ prefix: String, _ workload: Workload) async throws -> MeasuredRun {
    let group = "\(prefix)-router-\(pair)"
    let file = try broker.configuration(prefix: prefix, group: group, inputs: workload.topics.inputs)
    return try await MeasuredRun.measure(
      RouterProgram.path, ["run", "--config", file], environment: [:], group: group, inputs: workload.topics.inputs,
      rows: options.rows, broker: broker.cluster)
  }

  /// The lines of a file that the bare loop reads: what the router gives its own clients.
  private func properties(_ settings: RouterSettings) -> [(String, String)] {
    settings.consumer.properties.map { ("consumer.\($0.name)", $0.value) }
      + [("consumer.enable.auto.commit", "false"), ("consumer.enable.auto.offset.store", "false")]
      + settings.producer.properties.map { ("producer.\($0.name)", $0.value) }
      + [("producer.allow.auto.create.topics", "false")]
  }
}
