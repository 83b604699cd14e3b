import Foundation
import Kafka
import Logging
import MetricRouter
import RouterConfiguration
import Runtime
import Synchronization
import TestSupport
import Topics

/// A router that runs on a thread of its own. It is told to stop with the last reference to this object.
final class RouterHarness: Sendable {
  let status = RouterStatus()
  private let stopSignal = StopSignal()
  private let state = State()

  /// What the router's thread and the test share.
  private final class State: Sendable {
    let outcome = Mutex<Result<RouterTotals, any Error>?>(nil)
    let lines = Mutex<[String]>([])
  }

  /// Starts a router.
  ///
  /// - Parameters:
  ///   - cleans: whether it also looks after the topics of ended jobs, as `router run` does.
  ///   - onCleaning: called on the thread that does so with each line of its log, before it goes on.
  init(
    _ settings: RouterSettings, creator: any TopicCreating, cleans: Bool = false,
    onCleaning: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    let cleaningLog = Log(level: .debug, format: .text) { [state] line in
      let line = String(decoding: line, as: UTF8.self)
      state.lines.withLock { $0.append(line) }
      onCleaning(line)
    }
    if cleans { TopicCleaner.start(settings, status: status, log: cleaningLog, stop: stopSignal) }
    Foundation.Thread.detachNewThread { [state, stopSignal, status] in
      let log = Log(level: .debug, format: .text) { line in
        state.lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
      }
      let router = Router(settings: settings, creator: creator, log: log, status: status, stop: stopSignal)
      let result = Result { try router.run() }
      state.outcome.withLock { $0 = result }
    }
  }

  convenience init(
    _ stage: Stage, instance: String = "one", _ adjust: (inout Configuration) throws -> Void = { _ in }
  ) throws {
    self.init(try stage.settings(instance: instance, adjust), creator: stage.creator)
  }

  deinit { stopSignal.request() }

  /// Lines of the log that contain a text.
  func log(containing text: String) -> [String] { state.lines.withLock { $0.filter { $0.contains(text) } } }

  /// All that was logged, for a test's failure.
  var log: String { state.lines.withLock { $0.suffix(40).joined() } }

  var result: Result<RouterTotals, any Error>? { state.outcome.withLock { $0 } }
  var totals: RouterTotals { status.snapshot().totals }

  /// Waits until the condition holds for the router's status; ends at once where the router has ended.
  func wait(
    _ what: String, within allowed: Duration = .seconds(30), _ condition: (RouterStatus.Snapshot) -> Bool
  ) async throws {
    do {
      try await eventually(what, within: allowed) {
        if condition(status.snapshot()) { return true }
        if let result { throw EndedEarly(what: what, result: result) }
        return false
      }
    } catch {
      throw HarnessError(description: "\(error)\nstatus: \(status.snapshot().totals)\nthe end of its log:\n\(log)")
    }
  }

  /// Waits until that many rows are routed or dead-lettered, and committed.
  func waitForRows(_ count: Int, within allowed: Duration = .seconds(60)) async throws {
    try await wait("\(count) rows", within: allowed) {
      $0.totals.finished >= UInt64(count) && $0.isCommitted
    }
  }

  /// Waits until the group has committed everything up to the end of these rows.
  func waitForCommit(_ stage: Stage, _ rows: [InputRow], within allowed: Duration = .seconds(60)) async throws {
    let ends = Stage.ends(of: rows)
    let reader = try stage.groupReader
    try await wait("all offsets", within: allowed) { _ in (try? stage.committed(rows, reader)) == ends }
  }

  /// Asks it to stop, without waiting.
  func requestStop() { stopSignal.request() }

  /// Asks it to stop, and waits until it has; throws what it has thrown.
  @discardableResult
  func stop(within allowed: Duration = .seconds(15)) async throws -> RouterTotals {
    stopSignal.request()
    return try await end(within: allowed)
  }

  /// Waits until it ends by itself.
  @discardableResult
  func end(within allowed: Duration = .seconds(15)) async throws -> RouterTotals {
    do {
      try await eventually("the router's end", within: allowed) { result != nil }
    } catch {
      throw HarnessError(description: "\(error)\nthe end of its log:\n\(log)")
    }
    return try result?.get() ?? RouterTotals()
  }

  private struct EndedEarly: Error {
    var what: String
    var result: Result<RouterTotals, any Error>
  }
}

struct HarnessError: Error, CustomStringConvertible {
  let description: String
}
