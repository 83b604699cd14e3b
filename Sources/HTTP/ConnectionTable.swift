internal import Glibc
internal import Synchronization

/// The open connections, and until when each must have come to its next step.
///
/// libmicrohttpd's own timeout starts again with every byte: a client that sends or takes one byte now and then would
/// keep its connection forever.
final class ConnectionTable: Sendable {
  /// The deadline of each socket, in monotonic milliseconds; `nil` for none.
  private let deadlines = Mutex<[CInt: Int64?]>([:])

  /// A connection was accepted.
  func opened(_ socket: CInt, deadline: Int64) {
    deadlines.withLock { $0[socket] = .some(deadline) }
  }

  /// The connection's socket is about to be closed.
  func closed(_ socket: CInt) {
    deadlines.withLock { _ = $0.removeValue(forKey: socket) }
  }

  /// Sets when the next step has to be done.
  func expect(_ socket: CInt, deadline: Int64?) {
    deadlines.withLock { deadlines in
      // Not where the connection has gone.
      guard deadlines[socket] != nil else { return }
      deadlines.updateValue(deadline, forKey: socket)
    }
  }

  /// Breaks a connection off. Its thread notices and closes it.
  func abort(_ socket: CInt) {
    deadlines.withLock { deadlines in
      // With the lock held: as long as it is listed, the descriptor is not closed, and so not somebody else's.
      guard deadlines[socket] != nil else { return }
      shutdown(socket, CInt(SHUT_RDWR))
      deadlines.updateValue(nil, forKey: socket)
    }
  }

  /// Breaks off every connection whose time is over.
  func abortLate(now: Int64) {
    deadlines.withLock { deadlines in
      for (socket, deadline) in deadlines {
        guard let deadline, now >= deadline else { continue }
        shutdown(socket, CInt(SHUT_RDWR))
        deadlines.updateValue(nil, forKey: socket)
      }
    }
  }

  /// How many there are.
  var count: Int { deadlines.withLock { $0.count } }
}
