internal import Glibc
internal import Kafka
internal import Runtime
internal import Synchronization
internal import Wording

/// Writes the service's log, a line each, as text or as JSON.
///
/// May be used from any thread: a line is one `write`.
public final class Log: Sendable {
  /// How bad it is. Only what is at least as bad as the log's level is written.
  public enum Level: Int, Sendable, Comparable, CaseIterable {
    case error, warning, info, debug

    /// The name in `router.yaml` and in the log.
    public var name: String {
      switch self {
      case .error: "error"
      case .warning: "warning"
      case .info: "info"
      case .debug: "debug"
      }
    }

    /// Worse is less, as in syslog.
    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  /// How a line looks.
  public enum Format: Sendable {
    /// `2026-11-24T15:48:02.123Z warning message key=value`.
    case text
    /// One JSON object per line.
    case json
  }

  /// The least bad level that is written.
  public let level: Level
  /// How a line looks.
  public let format: Format
  /// Whether lines go to systemd's journal, which has times and priorities of its own.
  private let isJournal: Bool
  private let write: @Sendable ([UInt8]) -> Void
  private let clock: @Sendable () -> Int64
  private let nextHints = Mutex<[String: Int64]>([:])

  /// A log on standard error.
  public convenience init(level: Level = .info, format: Format = .text) {
    self.init(
      level: level, format: format, isJournal: JournalStream.isBehindStandardError,
      clock: { MonotonicClock.milliseconds() },
      write: { line in
        // A log that cannot be written must not stop the service.
        _ = line.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      })
  }

  /// A log that hands each line, newline included, to `write`.
  public convenience init(level: Level, format: Format, write: @escaping @Sendable ([UInt8]) -> Void) {
    self.init(level: level, format: format, clock: { MonotonicClock.milliseconds() }, write: write)
  }

  /// - Parameters:
  ///   - isJournal: whether each line begins with its priority, and text has no time.
  ///   - clock: milliseconds that never jump.
  init(
    level: Level, format: Format, isJournal: Bool = false, clock: @escaping @Sendable () -> Int64,
    write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.isJournal = isJournal
    self.level = level
    self.format = format
    self.clock = clock
    self.write = write
  }

  /// A hint, where nobody has given it through this log for so long; else `nil`. Who gets it is to write it.
  package func hint(_ hint: String, afterMilliseconds silence: Int64) -> String? {
    let now = clock()
    return nextHints.withLock { next in
      guard now >= next[hint] ?? .min else { return nil }
      next[hint] = now + silence
      return hint
    }
  }

  /// Whether lines of this level are written: ask before a costly message is made.
  public func writes(_ level: Level) -> Bool { level <= self.level }

  /// Writes a line.
  public func log(_ level: Level, _ message: String, _ details: KeyValuePairs<LogKey, String> = [:]) {
    guard writes(level) else { return }
    write(Array(line(level, message, details).utf8))
  }

  /// Writes an error: something has stopped, or an operator has to act.
  public func error(_ message: String, _ details: KeyValuePairs<LogKey, String> = [:]) {
    log(.error, message, details)
  }

  /// Writes a warning: something is wrong, and the service goes on.
  public func warning(_ message: String, _ details: KeyValuePairs<LogKey, String> = [:]) {
    log(.warning, message, details)
  }

  /// Writes what an operator wants to know on a good day: start, stop, rebalance.
  public func info(_ message: String, _ details: KeyValuePairs<LogKey, String> = [:]) {
    log(.info, message, details)
  }

  /// Writes what helps to find a fault.
  public func debug(_ message: @autoclosure () -> String, _ details: KeyValuePairs<LogKey, String> = [:]) {
    guard writes(.debug) else { return }
    log(.debug, message(), details)
  }

  private func line(_ level: Level, _ message: String, _ details: KeyValuePairs<LogKey, String>) -> String {
    let priority = isJournal ? JournalStream.priority(level) : ""
    let time = Timestamp.now()
    switch format {
    case .text:
      var line = "\(priority)\(isJournal ? "" : "\(time) ")\(level.name) \(Escaping.printable(message))"
      for (key, value) in details { line += " \(key.name)=\(Escaping.logValue(value))" }
      return line + "\n"
    case .json:
      // Who reads objects takes the time from them, wherever they have been.
      var line = "\(priority){\"time\":\"\(time)\",\"level\":\"\(level.name)\",\"message\":\(Escaping.json(message))"
      for (key, value) in details { line += ",\"\(key.name)\":\(Escaping.json(value))" }
      return line + "}\n"
    }
  }
}
