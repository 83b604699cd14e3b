/// A limit per minute that allows as many at once. A value: callers pass the time.
struct TokenBucket {
  private let capacity: Double
  private var tokens: Double
  private var last: Int64

  /// A bucket that is full.
  init(perMinute: Int, now: Int64) {
    capacity = Double(perMinute)
    tokens = capacity
    last = now
  }

  /// Takes one.
  ///
  /// - Returns: false where there is none.
  mutating func take(now: Int64) -> Bool {
    refill(now: now)
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }

  /// Returns a token that was not needed.
  mutating func giveBack() {
    tokens = min(capacity, tokens + 1)
  }

  /// Whether nothing is missing.
  mutating func isFull(now: Int64) -> Bool {
    refill(now: now)
    return tokens >= capacity
  }

  private mutating func refill(now: Int64) {
    tokens = min(capacity, tokens + capacity * Double(max(0, now - last)) / 60000)
    last = max(last, now)
  }
}
