/// How long something took, each time: counts by upper bounds, which Prometheus adds up over routers.
public struct LatencyHistogram: Sendable, Equatable {
  /// The upper bounds in milliseconds, each included; what took longer is counted last.
  public static let bounds: [Int64] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000]

  /// The number of observations by bound: those above the bound before and not above this one.
  public private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
  /// All times together, in milliseconds.
  public private(set) var sum: UInt64 = 0

  /// A histogram without observations.
  public init() {}

  /// How often there was something to measure.
  public var count: UInt64 { counts.reduce(0, +) }

  /// Counts one.
  public mutating func observe(_ milliseconds: Int64) {
    let bound = Self.bounds.firstIndex { milliseconds <= $0 } ?? Self.bounds.count
    counts[bound] += 1
    sum += UInt64(max(0, milliseconds))
  }
}
