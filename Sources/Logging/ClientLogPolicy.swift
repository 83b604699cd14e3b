internal import Kafka

/// Says at which level a line of librdkafka goes to our log: a value without I/O.
///
/// Warnings and errors are shown as such; a line that comes again is shown once a minute, and counted meanwhile.
struct ClientLogPolicy {
  private struct Seen {
    var shown: Int64
    var repeats = 0
  }

  static let silenceMilliseconds: Int64 = 60000
  /// Lines that are remembered; more are only said by something that puts what changes into words.
  static let linesLimit = 500

  private var seen: [String: Seen] = [:]

  /// What its own severity says.
  static func level(of line: ClientLogLine) -> Log.Level {
    switch line.facility {
    // A connection that failed is reported through `ClientObserver.failed` as well, with its code.
    case "FAIL": return .debug
    // Says of a producer that it has a consumer's property: those that only ask need one (`isolation.level`).
    case "CONFWARN": return .debug
    default: break
    }
    switch line.severity {
    case ...3: return .error
    case 4: return .warning
    default: return .debug
    }
  }

  /// Takes note of a line.
  ///
  /// - Parameter now: by the monotonic clock, in milliseconds.
  /// - Returns: the level, and how often such a line was held back since the last one was shown.
  mutating func decide(_ line: ClientLogLine, now: Int64) -> (level: Log.Level, heldBack: Int) {
    let level = Self.level(of: line)
    guard level < .debug else { return (level, 0) }
    // Offsets, ports and times differ from line to line, and mean the same.
    let key = "\(line.facility) \(line.message.filter { !$0.isNumber })"
    if let known = seen[key], now - known.shown < Self.silenceMilliseconds {
      seen[key]?.repeats += 1
      return (.debug, 0)
    }
    let repeats = seen[key]?.repeats ?? 0
    if seen.count >= Self.linesLimit { seen = [:] }
    seen[key] = Seen(shown: now)
    return (level, repeats)
  }
}

extension Log {
  /// Writes a line of librdkafka.
  func write(_ line: ClientLogLine, _ decision: (level: Level, heldBack: Int)) {
    guard writes(decision.level) else { return }
    let message = "librdkafka: \(line.message)"
    if decision.heldBack > 0 {
      log(decision.level, message, [.facility: line.facility, .repeated: String(decision.heldBack)])
    } else {
      log(decision.level, message, [.facility: line.facility])
    }
  }
}
