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

  /// A series without points.
  public init() {
    (end, rowsPerSecond, load, memory) = (0, [], [], [])
  }
}

extension JobSeries {
  /// Whether both show the same: what is not known equals what is not known, else nothing would ever stay as it was.
  public static func == (one: JobSeries, other: JobSeries) -> Bool {
    func same(_ one: [Float], _ other: [Float]) -> Bool {
      one.elementsEqual(other) { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }
    return one.end == other.end && same(one.rowsPerSecond, other.rowsPerSecond) && same(one.load, other.load)
      && same(one.memory, other.memory)
  }
}
