internal import Glibc

/// Time that never jumps, for deadlines.
public enum MonotonicClock {
  /// Milliseconds since some moment in the past.
  public static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.milliseconds
  }
}

extension timespec {
  /// The same time in milliseconds, without what is left of one.
  var milliseconds: Int64 { Int64(tv_sec) * 1000 + Int64(tv_nsec) / 1_000_000 }
}
