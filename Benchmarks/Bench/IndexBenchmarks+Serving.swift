internal import Foundation
internal import HTTP
import Jobs
internal import MetricRouter
import Runtime
internal import Synchronization
internal import TestSupport

/// How long clients wait for the first page, while the index is kept as in a router that routes.
extension IndexBenchmarks {
  private static let seconds = 5
  private static let clientsPerSecond = 50

  /// What clients ask for in turn: the first hundred jobs in each order, and of a text.
  private static let targets =
    JobQuery.Order.allCases.map { "/v1/jobs?limit=100&sort=\($0.rawValue)" } + ["/v1/jobs?limit=100&q=NID1000"]

  /// Asks by that many clients a second, each with a connection of its own.
  mutating func measureServing() throws {
    let server = try StatusServer(
      listen: ListenAddress("127.0.0.1:0"), token: nil, status: RouterStatus(), jobs: index, stop: StopSignal())
    defer { server.stop() }
    let port = server.address.port
    let answers = Answers()
    let clock = ContinuousClock()
    let began = clock.now
    let count = Self.seconds * Self.clientsPerSecond
    for number in 0..<count {
      // Between the clients the index's thread has its turns.
      if number % Self.clientsPerSecond == 0 { keepIndex() }
      let moment = began + .seconds(1) * number / Self.clientsPerSecond
      Foundation.Thread.sleep(forTimeInterval: max(0, (moment - clock.now) / .seconds(1)))
      let target = Self.targets[number % Self.targets.count]
      Foundation.Thread.detachNewThread {
        let asked = clock.now
        let answer = try? RawResponse.get(target, port: port)
        answers.add(answer?.status == 200 ? (clock.now - asked) / .milliseconds(1) : nil)
      }
    }
    let times = try answers.wait(for: count)
    print(
      "first page over HTTP, \(Self.clientsPerSecond) clients a second"
        + String(
          format: ": median %.1f ms, 99 of 100 within %.1f ms, all within %.1f ms", times[count / 2],
          times[count * 99 / 100], times[count - 1]))
  }

  /// Milliseconds of each answer.
  private final class Answers: Sendable {
    private let times = Mutex<[Double?]>([])

    func add(_ time: Double?) { times.withLock { $0.append(time) } }

    /// All of them, the shortest first.
    func wait(for count: Int) throws -> [Double] {
      try eventuallyBlocking("all answers", within: .seconds(30)) { times.withLock { $0.count } == count }
      let known = times.withLock { $0.compactMap(\.self) }
      guard known.count == count else { throw BenchError("\(count - known.count) requests failed") }
      return known.sorted()
    }
  }
}
