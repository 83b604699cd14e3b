/// How long something took, each time: counts by upper bounds, which Prometheus adds up over routers.
public struct LatencyHistogram: Sendable, Equatable {
  /// The upper bounds in milliseconds, each included; what took longer is counted last.
  public static let bounds: [Int64] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000]

  /// By bound: how often it took no longer than this and longer than the bound before.
  public private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
  /// All times together, in milliseconds.
  public private(set) var sum: UInt64 = 0

  /// Nothing yet.
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
