internal import Foundation
internal import Kafka
internal import MetricRouter
import RouterConfiguration
internal import TestSupport

/// The router in its deliveries on the same rows and the same broker, in turn: catching up, and live.
struct DeliveryComparison {
  /// A program in a delivery.
  private struct Contestant {
    let program: String
    let delivery: Configuration.Delivery
    var catchUps: [MeasuredRun] = []
    var lives: [LiveRun] = []
  }

  /// Rows of a job's samplers in a second, as in the recording.
  private static let rowsOfJob = 13

  private let options: BenchOptions
  private let broker: BenchBroker

  /// Starts a broker.
  init(_ options: BenchOptions) async throws {
    self.options = options
    for program in options.routers where !FileManager.default.isExecutableFile(atPath: program) {
      throw BenchError("there is no program at \(program)")
    }
    broker = try await BenchBroker()
  }

  func stop() async throws { try await broker.stop() }

  /// Measures with so many job topics, and prints each run and the medians.
  func run(jobs: Int) async throws {
    let workload = try Workload(jobs: jobs)
    let inputs = workload.topics.inputs
    let rate = workload.topics.jobs.count * Self.rowsOfJob
    try broker.makeInputs(inputs)
    let bytes = try broker.fill(workload, rows: options.rows)
    print(
      """

      deliveries: \(workload.topics.jobs.count) job topics, \(workload.topics.users.count) user topics; \
      \(options.rows) rows of \(bytes / options.rows) bytes to catch up with, then \(rate) rows/s live for \
      \(options.seconds) s
                                catching up: rows/s, CPU us a row, broker   live: CPU us a row, broker   p50, p99 ms
      """)
    let programs = options.routers.isEmpty ? [RouterProgram.path] : options.routers
    var contestants = programs.flatMap { program in
      options.deliveries.map { Contestant(program: program, delivery: $0) }
    }
    // Live rows come last: they stand in the same input topics, behind those to catch up with.
    for isLive in [false, true] {
      for round in 1...options.pairs {
        // Who is first changes from round to round: what the machine does meanwhile should favour nobody.
        for index in round % 2 == 1 ? Array(contestants.indices) : contestants.indices.reversed() {
          let name = "deliver\(jobs)-\(index)-\(round)" + (isLive ? "-live" : "")
          if isLive {
            contestants[index].lives.append(try await live(contestants[index], workload, name, rate: rate))
            show(contestants[index], [], contestants[index].lives.suffix(1))
          } else {
            contestants[index].catchUps.append(try await catchUp(contestants[index], workload, name))
            show(contestants[index], contestants[index].catchUps.suffix(1), [])
          }
        }
      }
    }
    print("medians of \(options.pairs), and the live delays of all runs together:")
    for contestant in contestants { show(contestant, contestant.catchUps, contestant.lives) }
  }

  private func catchUp(_ contestant: Contestant, _ workload: Workload, _ group: String) async throws -> MeasuredRun {
    let inputs = workload.topics.inputs
    let settings = try broker.load(prefix: "bench", inputs: inputs, delivery: contestant.delivery).settings
    let file = try broker.configuration(prefix: "bench", group: group, inputs: inputs, delivery: contestant.delivery)
    try await broker.remakeOutputs(workload, settings)
    let run = try await MeasuredRun.measure(
      contestant.program, ["run", "--config", file], environment: [:], group: group, inputs: inputs,
      rows: options.rows, broker: broker.cluster)
    try broker.checkOutputs(workload, settings, rows: options.rows)
    return run
  }

  private func live(
    _ contestant: Contestant, _ workload: Workload, _ group: String, rate: Int
  ) async throws -> LiveRun {
    let inputs = workload.topics.inputs
    let settings = try broker.load(prefix: "bench", inputs: inputs, delivery: contestant.delivery).settings
    let file = try broker.configuration(prefix: "bench", group: group, inputs: inputs, delivery: contestant.delivery)
    try await broker.remakeOutputs(workload, settings)
    return try await LiveRun.measure(
      contestant.program, configuration: file, group: group, workload: workload,
      readers: BenchBroker.partitions(of: broker.outputs(workload, settings).jobs), broker: broker, rate: rate,
      warmUp: options.warmUpSeconds, window: options.seconds)
  }

  private func show(_ contestant: Contestant, _ catchUps: [MeasuredRun], _ lives: [LiveRun]) {
    func median<Run>(_ runs: [Run], _ value: (Run) -> Double) -> Double { runs.map(value).median }
    var name = contestant.delivery.rawValue
    if options.routers.count > 1 { name += " " + (contestant.program.split(separator: "/").last ?? "") }
    var line = name.padding(toLength: max(26, name.count + 1), withPad: " ", startingAt: 0)
    if catchUps.isEmpty {
      line += String(repeating: " ", count: 42)
    } else {
      line += String(
        format: "%19.0f %13.2f %8.2f", median(catchUps, \.rate), median(catchUps, \.cpu),
        median(catchUps, \.brokerCPU))
    }
    if !lives.isEmpty {
      let delays = lives.flatMap(\.delays)
      line += String(
        format: "%23.2f %8.2f %10d %5d", median(lives, \.cpu), median(lives, \.brokerCPU), delays.quantile(0.5),
        delays.quantile(0.99))
    }
    print(line)
    fflush(nil)
  }
}
