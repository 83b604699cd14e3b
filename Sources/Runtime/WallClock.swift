internal import Glibc

/// The time of day. It may jump: never for deadlines.
package enum WallClock {
  /// Milliseconds since 1970.
  package static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.milliseconds
  }
}
