import Foundation
import HTTP
import Synchronization

/// Sends events as fast as it can, from a thread of its own.
final class Sender: Sendable {
  private let isStopped = Atomic(false)
  private let hasEnded = Atomic(false)

  init(_ hub: EventHub) {
    Thread.detachNewThread { [self] in
      while !isStopped.load(ordering: .relaxed) { hub.send("again and again", name: "noise") }
      hasEnded.store(true, ordering: .releasing)
    }
  }

  /// Stops it, and waits until it has.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    while !hasEnded.load(ordering: .acquiring) { Interval.pause(milliseconds: 1) }
  }
}

/// A rest for the calling thread.
enum Interval {
  static func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }
}
