internal import Synchronization

/// Sends the same events to every reader, and keeps the last ones for those who come back.
///
/// Ids count up from the hub's start; they begin with a mark of that start, so that a reader who was connected to an
/// earlier one is not taken for one who has seen everything.
public final class EventHub: Sendable {
  private struct State {
    var streams: [EventStream] = []
    var kept: [[UInt8]] = []
    /// The number of the event after the last.
    var next: UInt64 = 1
  }

  /// How the stream of a reader that reconnects continues.
  public enum Continuation: Sendable, Equatable {
    /// The reader gets the events that it missed.
    case continues
    /// The reader must fetch everything again: the events that it missed are no longer kept, or it has seen none yet.
    case restarts
  }

  private let state = Mutex(State())
  private let keeping: Int
  private let mark: String

  /// A hub.
  ///
  /// - Parameters:
  ///   - keeping: how many events are kept for readers who come back.
  ///   - mark: tells this start of the program from others; without a dash.
  public init(keeping: Int = 1024, mark: String) {
    self.keeping = keeping
    self.mark = mark
  }

  /// Sends an event to every reader.
  public func send(_ text: String, name: String? = nil) {
    state.withLock { state in
      let frame = ServerSentEvent(text, name: name, id: "\(mark)-\(state.next)").bytes
      state.next += 1
      state.kept.append(frame)
      // Not each time: it moves all the others.
      if state.kept.count >= 2 * keeping { state.kept.removeFirst(state.kept.count - keeping) }
      state.streams.removeAll { !$0.send(frame) }
    }
  }

  /// Adds a reader.
  ///
  /// - Parameters:
  ///   - after: the id of the last event it has seen.
  ///   - opening: what it gets first, told whether it has to start again; called with the hub locked, so that nothing
  ///     comes between.
  public func subscribe(
    _ stream: EventStream, after id: String?, opening: (Continuation) -> [ServerSentEvent] = { _ in [] }
  ) {
    state.withLock { state in
      state.streams.removeAll { $0.isEnded }
      let oldest = state.next - UInt64(state.kept.count)
      var continuation = Continuation.restarts
      var missed: ArraySlice<[UInt8]> = []
      if let seen = id.flatMap(number(of:)), seen < state.next, seen + 1 >= oldest {
        continuation = .continues
        missed = state.kept[Int(seen + 1 - oldest)...]
      }
      for event in opening(continuation) { stream.send(event) }
      for frame in missed { stream.send(frame) }
      if !stream.isEnded { state.streams.append(stream) }
    }
  }

  /// How many readers there are, those included whose going was not noticed yet.
  public var readers: Int { state.withLock { $0.streams.count { !$0.isEnded } } }

  private func number(of id: String) -> UInt64? {
    let parts = id.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == mark else { return nil }
    return UInt64(parts[1])
  }
}
