public import Logging
internal import Synchronization

/// A log that is kept.
public final class CapturedLog: Sendable {
  private let lines = Mutex("")

  /// Nothing written yet.
  public init() {}

  /// Writes to it.
  public var log: Log {
    Log(level: .debug, format: .text) { [self] line in
      lines.withLock { $0 += String(decoding: line, as: UTF8.self) }
    }
  }

  /// All that was written.
  public var text: String { lines.withLock { $0 } }
}
