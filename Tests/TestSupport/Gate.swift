/// Holds threads up until it is opened.
public final class Gate: Sendable {
  private let isOpen = Guarded(false)

  /// A gate that is shut.
  public init() {}

  /// Lets all through, from now on.
  public func open() { isOpen.withLock { $0 = true } }

  /// Blocks the thread until the gate is open; after a minute it goes on all the same, so that no test hangs on it.
  public func wait() { _ = isOpen.wait(Deadline(within: .seconds(60))) { $0 ? true : nil } }
}
