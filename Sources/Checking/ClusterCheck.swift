/// Whether a cluster has what a router needs: brokers, input topics, permissions, settings.
///
/// Nothing is changed there: no topic is made, no group joined, no offset committed, no row written.
public struct ClusterCheck: Sendable {
  /// One check.
  public struct Line: Sendable, Hashable {
    /// How it is.
    public enum Verdict: Sendable, Hashable {
      /// The cluster has what the router needs.
      case ok
      /// The check is impossible here, which is not a fault.
      case unknown
      /// A router works, but not as somebody will expect.
      case warning
      /// A router does not work, or not for all rows.
      case error(Trouble)
    }

    /// What kind of trouble keeps a router from working.
    public enum Trouble: String, Sendable, Hashable {
      /// No broker answers.
      case unreachable
      /// The brokers reject the credentials, or a permission is missing.
      case refused
      /// No client can be created with the configuration.
      case configuration
      /// Something is missing or misconfigured.
      case wrong
    }

    /// How it is.
    public var verdict: Verdict
    /// The subject of the check: `brokers`, `input meminfo`.
    public var subject: String
    /// How it is, in a sentence without its full stop.
    public var message: String
    /// What to do about it; `nil` where nothing has to be done.
    public var remedy: String?
  }

  /// The checks, in order.
  public internal(set) var lines: [Line] = []

  /// The trouble that matters most; `nil` where a router can work.
  public var trouble: Line.Trouble? {
    let troubles = lines.compactMap { line -> Line.Trouble? in
      guard case .error(let trouble) = line.verdict else { return nil }
      return trouble
    }
    return [Line.Trouble.unreachable, .refused, .configuration, .wrong].first { troubles.contains($0) }
  }

  mutating func add(_ verdict: Line.Verdict, _ subject: String, _ message: String, remedy: String? = nil) {
    lines.append(Line(verdict: verdict, subject: subject, message: message, remedy: remedy))
  }
}
