import Foundation
import Synchronization
import TestSupport

/// Reads `/v1/events` of a router, on a thread of its own, until the router or the reader goes.
final class JobEventReader: Sendable {
  /// What is told, with its name.
  struct Told {
    var name: String
    var change: ShownChange
  }

  private struct State {
    var told: [Told] = []
    var isOpen = false
    var isEnding = false
  }

  private let state = Mutex(State())

  /// Connects, and returns when the stream has begun.
  init(_ router: IndexedRouter) async throws {
    let port = router.port
    Foundation.Thread.detachNewThread { [weak self] in
      guard let client = try? RawClient(port: port) else { return }
      client.send("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
      guard (try? client.read(until: "\r\n\r\n")) != nil else { return }
      var name = ""
      while true {
        let line: String
        do {
          line = try client.read(until: "\n", within: .seconds(1))
        } catch is TimedOut {
          guard let self, !self.state.withLock({ $0.isEnding }) else { return }
          continue
        } catch {
          return
        }
        // Before it may stand the beginning of a chunk, whose lines end otherwise.
        let text = line.components(separatedBy: "\r\n").last ?? ""
        guard let self, !self.take(text.trimmingCharacters(in: .newlines), &name) else { return }
      }
    }
    try await eventually("the stream of events", within: .seconds(10)) { state.withLock { $0.isOpen } }
  }

  deinit { state.withLock { $0.isEnding = true } }

  /// Everything that was told so far.
  var told: [Told] { state.withLock { $0.told } }

  /// `started userA/101`: everything that was told of jobs so far, of one where a name is given.
  func sequence(of job: String? = nil) -> [String] {
    told.filter { job == nil || "\($0.change.user)/\($0.change.job)" == job }
      .map { "\($0.name) \($0.change.user)/\($0.change.job)" }
  }

  /// Waits until so many changes were told: that happens a moment after the index shows them.
  func wait(for count: Int) async throws {
    try await eventually("\(count) changes", within: .seconds(10)) { told.count >= count }
  }

  /// - Returns: whether the reader is to end.
  private func take(_ line: String, _ name: inout String) -> Bool {
    if line.hasPrefix("event: ") {
      name = String(line.dropFirst(7))
      if name == "hello" { state.withLock { $0.isOpen = true } }
    } else if line.hasPrefix("data: "),
      let change = try? JSONDecoder().decode(ShownChange.self, from: Data(line.dropFirst(6).utf8))
    {
      let told = Told(name: name, change: change)
      state.withLock { $0.told.append(told) }
    }
    return state.withLock { $0.isEnding }
  }
}
