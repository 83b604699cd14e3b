/// When LDMS took the row's metric set: seconds and microseconds since 1970, as the sampler's clock had it.
///
/// LDMS prints `%u.%06u` of `struct ldms_timestamp` (`ldms/src/core/ldms.h`) and checks neither number, so a set that
/// was never sampled says `0.000000`, and `microseconds` may be a million or more.
public struct RowTimestamp: Sendable, Hashable {
  /// Whole seconds since 1970.
  public var seconds: UInt32
  /// Microseconds on top of them.
  public var microseconds: UInt32

  /// A point in time.
  public init(seconds: UInt32, microseconds: UInt32) {
    self.seconds = seconds
    self.microseconds = microseconds
  }

  /// Milliseconds since 1970, rounded down: Kafka's unit.
  public var milliseconds: Int64 { Int64(seconds) * 1000 + Int64(microseconds) / 1000 }
}
