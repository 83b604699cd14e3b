/// Holds threads up until it is opened.
public final class Gate: Sendable {
  private let state = Guarded(false)

  /// A gate that is shut.
  public init() {}

  /// Whether it is open.
  public var isOpened: Bool { state.withLock { $0 } }

  /// Lets all through, from now on.
  public func open() { state.withLock { $0 = true } }

  /// Blocks the thread until the gate is open; after a minute it goes on all the same, so that no test hangs on it.
  public func wait() { _ = state.wait(Deadline(within: .seconds(60))) { $0 ? true : nil } }
}
