internal import Foundation
internal import Kafka
internal import TestSupport

/// One run of a program that routes all rows and is then told to stop.
struct MeasuredRun {
  /// User and system time of the process from its start to its end, in microseconds a row.
  let cpu: Double
  /// The system's part of it.
  let system: Double
  /// Rows a second, from the process's start until all are committed: joining the group, some 0.3 s, is in it.
  let rate: Double
  /// The most memory that it had, in megabytes.
  let memory: Double
  /// User and system time of the broker meanwhile, in microseconds a row.
  let brokerCPU: Double

  /// Starts the program, waits until its group has committed all rows, and stops it.
  ///
  /// No other child may end meanwhile: its time would be counted.
  static func measure(
    _ program: String, _ arguments: [String], environment: [String: String?], group: String, inputs: [String],
    rows: Int, broker: KafkaCluster, within allowed: Duration = .seconds(180)
  ) async throws -> MeasuredRun {
    // A consumer that never joins asks for the group's offsets: librdkafka 2.0.2's ListConsumerGroupOffsets crashes where
    // the group's coordinator has only just come to be.
    let watcher = try Consumer(
      properties: ClientProperties(["bootstrap.servers": broker.bootstrap, "group.id": group]),
      observer: SilentObserver())
    let brokerBefore = try ProcessTime.microseconds(of: broker.processID())
    let before = usage()
    let process = try RunningProcess(program, arguments, environment: environment)
    let partitions = inputs.map { TopicPartition(topic: $0, partition: 0) }
    let clock = ContinuousClock()
    let begun = clock.now
    let deadline = begun + allowed
    while true {
      guard process.status == nil else { throw BenchError("\(program) ended early:\n\(process.errorText)") }
      guard clock.now < deadline else {
        process.kill()
        throw BenchError("\(program) did not route \(rows) rows in time:\n\(process.errorText.suffix(2000))")
      }
      try await Task.sleep(for: .milliseconds(50))
      // A group that has not begun has no offsets to tell.
      let offsets = (try? watcher.committed(partitions, timeoutMilliseconds: 5000)) ?? []
      let done = offsets.reduce(0) { $0 + Int(max($1.offset, 0)) }
      if done >= rows { break }
    }
    let end = clock.now
    let memory = peakMemory(of: process.id)
    let status = try await process.terminate()
    guard status == .exited(0) else { throw BenchError("\(program): \(status)\n\(process.errorText.suffix(2000))") }
    let after = usage()
    let brokerTime = try ProcessTime.microseconds(of: broker.processID()) - brokerBefore
    return MeasuredRun(
      cpu: (after.user + after.system - before.user - before.system) / Double(rows),
      system: (after.system - before.system) / Double(rows),
      rate: Double(rows) / max((end - begun) / .seconds(1), 0.001), memory: memory,
      brokerCPU: brokerTime / Double(rows))
  }

  /// What all children that have ended have used, in microseconds.
  private static func usage() -> (user: Double, system: Double) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    func microseconds(_ time: timeval) -> Double { Double(time.tv_sec) * 1e6 + Double(time.tv_usec) }
    return (microseconds(usage.ru_utime), microseconds(usage.ru_stime))
  }

  private static func peakMemory(of id: pid_t) -> Double {
    let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
    let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0
    return kilobytes / 1024
  }
}
