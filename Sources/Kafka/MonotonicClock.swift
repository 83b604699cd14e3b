internal import Glibc
internal import KafkaC

/// Time that never jumps, for deadlines.
public enum MonotonicClock {
  /// Milliseconds since some moment in the past.
  public static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
