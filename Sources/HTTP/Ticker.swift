internal import Runtime

/// A thread that does something again and again until it is stopped.
final class Ticker: Sendable {
  private enum State {
    case running
    /// The ticker was told to stop.
    case stopping
    /// The body no longer runs.
    case stopped
  }

  private let state = Condition(State.running)

  /// Starts it.
  init(everyMilliseconds pause: Int, _ body: @escaping @Sendable () -> Void) {
    let state = state
    Thread.start {
      while state.wait(milliseconds: Int64(pause), until: { $0 != .running }, then: { $0 == .running }) { body() }
      state.withLock(signal: true) { $0 = .stopped }
    }
  }

  /// Stops it, and waits until the body has returned.
  func stop() {
    state.withLock(signal: true) { if $0 == .running { $0 = .stopping } }
    state.wait(milliseconds: nil, until: { $0 == .stopped }, then: { _ in })
  }
}
