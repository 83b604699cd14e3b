internal import Runtime
internal import Synchronization

/// The tokens of this process: all its clients want one at about the same time, and a site's command runs once for all.
///
/// Used by any thread.
final class OAuthTokenCache: Sendable {
  static let shared = OAuthTokenCache()

  /// What came of one source last.
  private final class Slot: Sendable {
    /// Locked while a token is fetched, so that others wait for it instead of fetching one of their own.
    let last = Mutex<(outcome: Result<OAuthToken, OAuthTokenError>, time: Int64)?>(nil)
  }

  private let slots = Mutex<[OAuthTokenSource: Slot]>([:])

  /// How long others are told of a failure; librdkafka asks again 10 s later.
  private static let failureMilliseconds: Int64 = 5000

  /// A token with at least a quarter of its life before it, if its source has one.
  func token(
    from source: OAuthTokenSource, now: () -> Int64 = WallClock.milliseconds,
    fetch: (OAuthTokenSource) throws(OAuthTokenError) -> OAuthToken = { source throws(OAuthTokenError) in
      try source.fetch()
    }
  ) throws(OAuthTokenError) -> OAuthToken {
    let slot = slots.withLock { slots in
      if let slot = slots[source] { return slot }
      let slot = Slot()
      slots[source] = slot
      return slot
    }
    let outcome = slot.last.withLock { last in
      if let (outcome, time) = last, Self.isFresh(outcome, time: time, now: now()) { return outcome }
      let outcome = Result { () throws(OAuthTokenError) in try fetch(source) }
      last = (outcome, now())
      return outcome
    }
    return try outcome.get()
  }

  /// librdkafka asks for the next token when four fifths of the life of the last one are over; by then nobody may be
  /// given that one again.
  private static func isFresh(
    _ outcome: Result<OAuthToken, OAuthTokenError>, time: Int64, now: Int64
  ) -> Bool {
    // A clock that was set back makes nothing fresh.
    guard now >= time else { return false }
    switch outcome {
    case .success(let token): return now < time + (token.expiry - time) / 4 * 3
    case .failure: return now < time + failureMilliseconds
    }
  }
}
