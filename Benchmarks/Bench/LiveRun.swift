internal import Foundation
internal import Kafka
internal import MetricRouter
internal import TestSupport

/// One run of a router while rows come as they do from samplers.
struct LiveRun {
  /// User and system time of the router, in microseconds a row.
  let cpu: Double
  /// The broker's.
  let brokerCPU: Double
  /// From a row's production to a reader of committed rows of its job's topic, in milliseconds.
  let delays: [Int64]

  /// Starts the router, feeds it, and reads what it writes to the topics of jobs.
  ///
  /// - Parameters:
  ///   - group: which has not committed anything.
  ///   - readers: the partitions of all job topics, which are empty.
  ///   - rate: rows a second.
  static func measure(
    _ program: String, configuration: String, group: String, workload: Workload, readers: [TopicPartition],
    broker: BenchBroker, rate: Int, warmUp: Int, window: Int
  ) async throws -> LiveRun {
    let starts = try begin(group, workload.topics.inputs, broker)
    let router = try RunningProcess(program, ["run", "--config", configuration])
    var reader = try LiveReader(readers, bootstrap: broker.cluster.bootstrap)
    let brokerID = try broker.cluster.processID()
    func times() throws -> (router: Double, broker: Double) {
      (try ProcessTime.microseconds(of: router.id), try ProcessTime.microseconds(of: brokerID))
    }
    // The router joins its group and learns the topics meanwhile; that is what warming up is for.
    let feeder = LiveFeeder(
      workload, bootstrap: broker.cluster.bootstrap, rate: rate, warmUp: warmUp, window: window)
    while !feeder.hasWarmedUp {
      try reader.read()
      try check(router, feeder)
    }
    let before = try times()
    var after = before
    var fed: LiveFeeder.Fed?
    while fed == nil {
      try reader.read()
      try check(router, feeder)
      fed = try feeder.fed
      after = try times()
    }
    guard let fed else { throw BenchError("nothing was stored") }
    let deadline = Deadline(within: .seconds(120))
    while reader.count < rate * (warmUp + window) {
      guard !deadline.hasPassed else {
        throw BenchError(
          "of \(rate * (warmUp + window)) rows \(reader.count) came:\n\(router.errorText.suffix(2000))")
      }
      try reader.read()
    }
    let status = try await router.terminate()
    guard status == .exited(0) else { throw BenchError("\(program): \(status)\n\(router.errorText.suffix(2000))") }
    guard reader.count == rate * (warmUp + window) else { throw BenchError("rows came more than once") }
    let rows = Double(rate * window)
    return LiveRun(
      cpu: (after.router - before.router) / rows, brokerCPU: (after.broker - before.broker) / rows,
      delays: try reader.delays(of: fed, starts))
  }

  private static func check(_ router: RunningProcess, _ feeder: LiveFeeder) throws {
    _ = try feeder.fed
    guard router.status == nil else { throw BenchError("the router ended early:\n\(router.errorText)") }
  }

  /// Has the group begin behind the rows that are there.
  private static func begin(
    _ group: String, _ inputs: [String], _ broker: BenchBroker
  ) throws -> [String: Int64] {
    var starts: [String: Int64] = [:]
    for input in inputs {
      let partition = TopicPartition(topic: input, partition: 0)
      starts[input] = try broker.admin.watermarks(of: partition, timeoutMilliseconds: 10_000).high
    }
    let consumer = try Consumer(
      properties: ClientProperties(["bootstrap.servers": broker.cluster.bootstrap, "group.id": group]),
      observer: SilentObserver())
    let offsets = starts.map { TopicPartitionOffset(TopicPartition(topic: $0.key, partition: 0), offset: $0.value) }
    // A coordinator that has only just come to be needs a moment.
    let deadline = Deadline(within: .seconds(30))
    while true {
      do {
        try consumer.commitAndWait(offsets)
        return starts
      } catch {
        guard error.remedy == .retry, !deadline.hasPassed else { throw error }
      }
    }
  }
}
