internal import Glibc

/// A clock that never jumps, for deadlines.
public enum MonotonicClock {
  /// Milliseconds since some moment in the past.
  public static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.milliseconds
  }
}

extension timespec {
  /// The time in whole milliseconds.
  var milliseconds: Int64 { Int64(tv_sec) * 1000 + Int64(tv_nsec) / 1_000_000 }
}
