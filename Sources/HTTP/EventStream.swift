internal import HTTPC
internal import Runtime
internal import Synchronization

/// Events for one reader, sent by any thread, read by a connection of the server.
///
/// Bounded: a reader that does not read is dropped when too much waits for it. Whoever sends asks `isEnded` now and then
/// and lets go of streams whose reader has gone.
public final class EventStream: Sendable {
  private struct State {
    /// What waits: frames, the first of them sent up to `sent`.
    var frames: [[UInt8]] = []
    var first = 0
    var sent = 0
    var waiting = 0
    var isEnded = false
    /// The connection, while it is suspended because there is nothing to send.
    var suspended: ConnectionHandle?
    /// Breaks the connection off.
    var abort: (@Sendable () -> Void)?
    /// When something was sent last, in milliseconds of the monotonic clock.
    var lastSent = MonotonicClock.milliseconds()
  }

  private let state = Mutex(State())
  private let capacity: Int

  /// A stream.
  ///
  /// - Parameter capacity: how many bytes may wait for the reader.
  public init(capacity: Int = HTTPLimits().streamBytes) {
    self.capacity = capacity
  }

  /// Whether it is over: ended by the sender or by the server, or the reader has gone or was dropped.
  public var isEnded: Bool { state.withLock { $0.isEnded } }

  /// Sends an event.
  ///
  /// - Returns: false where the stream is over; nothing is sent then.
  @discardableResult
  public func send(_ event: ServerSentEvent) -> Bool { send(event.bytes) }

  /// Ends the stream after what was sent before.
  public func end() {
    state.withLock { state in
      state.isEnded = true
      Self.resume(&state)
    }
  }

  /// Sends bytes that are whole events.
  @discardableResult
  func send(_ frame: [UInt8]) -> Bool {
    let abort: (@Sendable () -> Void)? = state.withLock { state in
      guard !state.isEnded else { return nil }
      guard state.waiting + frame.count <= capacity else {
        state.isEnded = true
        Self.drop(&state)
        Self.resume(&state)
        return state.abort ?? {}
      }
      state.frames.append(frame)
      state.waiting += frame.count
      state.lastSent = MonotonicClock.milliseconds()
      Self.resume(&state)
      return nil
    }
    guard let abort else { return !isEnded }
    abort()
    return false
  }

  /// Sends a comment where nothing else was sent for that long.
  func keepAlive(after milliseconds: Int64, now: Int64) {
    guard now - state.withLock({ $0.lastSent }) >= milliseconds else { return }
    send(Array(": still here\n\n".utf8))
  }

  /// A connection reads it from now on.
  func open(abort: @escaping @Sendable () -> Void) {
    state.withLock { $0.abort = abort }
  }

  /// Notes that the connection is gone; nothing can be sent.
  func close() {
    state.withLock { state in
      state.isEnded = true
      state.suspended = nil
      state.abort = nil
      Self.drop(&state)
    }
  }

  /// What libmicrohttpd asks for: bytes, or that the stream is at its end; else the connection is suspended.
  func read(into buffer: UnsafeMutableRawBufferPointer, for connection: ConnectionHandle) -> Int {
    state.withLock { state in
      var count = 0
      while count < buffer.count, state.first < state.frames.count {
        let frame = state.frames[state.first]
        let part = frame[state.sent..<min(frame.count, state.sent + buffer.count - count)]
        UnsafeMutableRawBufferPointer(rebasing: buffer[count..<(count + part.count)]).copyBytes(from: part)
        count += part.count
        state.sent += part.count
        guard state.sent == frame.count else { break }
        state.sent = 0
        state.first += 1
      }
      state.waiting -= count
      if state.first == state.frames.count {
        state.frames.removeAll(keepingCapacity: true)
        state.first = 0
      } else if state.first > 64 {
        state.frames.removeFirst(state.first)
        state.first = 0
      }
      guard count == 0 else { return count }
      guard !state.isEnded else { return Int(httpc_end_of_stream()) }
      // With the lock held, so that whoever sends the next event finds it suspended.
      state.suspended = connection
      MHD_suspend_connection(connection.pointer)
      return 0
    }
  }

  /// Forgets what waits.
  private static func drop(_ state: inout State) {
    state.frames = []
    state.first = 0
    state.sent = 0
    state.waiting = 0
  }

  private static func resume(_ state: inout State) {
    guard let connection = state.suspended else { return }
    state.suspended = nil
    MHD_resume_connection(connection.pointer)
  }
}
