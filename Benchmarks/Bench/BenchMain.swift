internal import Foundation
internal import TestSupport

/// `make bench`: what a row costs, without a broker and against the bare loop on a real one.
@main
enum BenchMain {
  static func main() async {
    do {
      guard let options = try BenchOptions.parse(Array(CommandLine.arguments.dropFirst())) else {
        print(BenchOptions.usage)
        return
      }
      if let route = options.route {
        try IndexedRouter.run(file: route.file, hasIndex: route.hasIndex)
        return
      }
      if options.isLiveOnly {
        try await onBroker("The index at a live rate") {
          let benchmark = try await IndexLive(options)
          try await benchmark.run()
          try await benchmark.stop()
        }
        return
      }
      if !options.deliveries.isEmpty {
        try await onBroker("The deliveries of the router") { try await compareDeliveries(options) }
        return
      }
      if !options.isBrokerOnly, !options.isIndexOnly { try MicroBenchmarks().run() }
      if !options.isBrokerOnly { try IndexBenchmarks.run() }
      if options.isMicroOnly || options.isIndexOnly { return }
      try await onBroker("The router against the bare loop") { try await compareWithLoop(options) }
    } catch let error as BenchError {
      fail("bench: \(error)", code: 64)
    } catch {
      fail("bench: \(error)", code: 1)
    }
  }

  private static func onBroker(_ what: String, _ body: @Sendable () async throws -> Void) async throws {
    guard KafkaHome.isSet else {
      print(
        """

        \(what): skipped, because it needs a real broker. Set KAFKA_HOME to an unpacked \
        Apache Kafka, and have java in PATH.
        """)
      return
    }
    // The broker's log in memory, if there is room: a disk's moods would be measured, too.
    if ProcessInfo.processInfo.environment["TMPDIR"] == nil, freeBytes("/dev/shm") > 4 << 30 {
      setenv("TMPDIR", "/dev/shm", 1)
    }
    try await body()
  }

  private static func compareWithLoop(_ options: BenchOptions) async throws {
    for jobs in options.jobs {
      let benchmark = try await RouterAgainstLoop(options)
      try await benchmark.run(jobs: jobs)
      try await benchmark.stop()
    }
  }

  private static func compareDeliveries(_ options: BenchOptions) async throws {
    for jobs in options.jobs {
      let comparison = try await DeliveryComparison(options)
      try await comparison.run(jobs: jobs)
      try await comparison.stop()
    }
  }

  private static func freeBytes(_ path: String) -> UInt {
    var status = statvfs()
    return statvfs(path, &status) == 0 ? UInt(status.f_bavail) * UInt(status.f_frsize) : 0
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(code)
  }
}
