internal import Synchronization

/// Tells a running router to stop. May be used from any thread, and from a signal handler.
public final class StopSignal: Sendable {
  private let requested = Atomic<Bool>(false)

  /// A signal that has not been given.
  public init() {}

  /// Asks the router to drain, commit, leave its group and return.
  public func request() { requested.store(true, ordering: .releasing) }

  /// Whether it was asked to.
  public var isRequested: Bool { requested.load(ordering: .acquiring) }
}
