import Glibc

/// The reader at the other end of a pipe.
enum PipeReader {
  /// Whether the descriptor is a pipe whose reader has gone.
  static func hasGone(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&entry, 1, 0) > 0 && entry.revents & Int16(POLLERR) != 0
  }
}
