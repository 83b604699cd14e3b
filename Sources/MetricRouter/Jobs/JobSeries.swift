/// The course of a job's last minutes: one point each `JobSeries.interval`.
public struct JobSeries: Sendable, Equatable {
  /// The distance of two points, in milliseconds.
  public static let interval: Int64 = 5000
  /// How many points are kept: five minutes.
  public static let limit = 60

  /// When the last point was taken, in milliseconds since 1970; 0 before the first.
  public var end: Int64
  /// Rows a second, the newest last.
  public var rowsPerSecond: [Float]
  /// The load; not a number where it is not known.
  public var load: [Float]
  /// Memory that is in use, as a share of all memory, 0 to 1; not a number where it is not known.
  public var memory: [Float]

  /// No points.
  public init() {
    (end, rowsPerSecond, load, memory) = (0, [], [], [])
  }
}
