internal import Kafka
internal import Runtime
internal import Synchronization

/// Keeps rows from topics that are to be deleted: an agreement between the thread that deletes topics and the router's
/// loop.
///
/// A row that is acknowledged just before its topic goes would be lost. So whoever deletes topics first has them
/// closed: the loop holds back their rows, and answers when no earlier row is on its way to them. After the deletion
/// they are reopened, and the loop has those topics made again for which rows have come. A loop that does not answer in
/// time keeps its topics.
final class TopicClosing: Sendable {
  /// What the loop has to know.
  struct Order: Sendable {
    /// Grows with each change.
    var version: UInt64 = 0
    /// The topics that are closed, or are to be.
    var topics: Set<String> = []
    /// Topics that were deleted since the order was last taken.
    var deleted: Set<String> = []
    fileprivate var answer: Set<String>?
  }

  private let order = Mutex(Order())
  /// The version of the order, to be read without the lock.
  private let latest = Atomic<UInt64>(0)
  private static let pauseMilliseconds: Int64 = 5

  init() {}

  // MARK: Whoever deletes topics

  /// Has topics closed. Only one thread does this, and reopens them before it closes others.
  ///
  /// - Parameter milliseconds: how long the loop's answer is waited for.
  /// - Returns: those to which no row goes until `reopen`; the others stay open, without an answer all of them.
  func close(_ topics: [String], milliseconds: Int64) -> Set<String> {
    change {
      $0.topics = Set(topics)
      $0.answer = nil
    }
    let deadline = MonotonicClock.milliseconds() + milliseconds
    repeat {
      Thread.sleep(milliseconds: Int(Self.pauseMilliseconds))
      if let answer = order.withLock({ $0.answer }) { return answer }
    } while MonotonicClock.milliseconds() < deadline
    reopen(deleted: [])
    return []
  }

  /// Ends what `close` has begun.
  ///
  /// - Parameter deleted: the topics that no longer exist.
  func reopen(deleted: Set<String>) {
    change {
      $0.topics = []
      $0.deleted.formUnion(deleted)
      $0.answer = nil
    }
  }

  private func change(_ body: (inout Order) -> Void) {
    order.withLock { order in
      body(&order)
      order.version += 1
      latest.store(order.version, ordering: .releasing)
    }
  }

  // MARK: The loop

  /// Whether there is something new to be taken.
  func hasChanged(since version: UInt64) -> Bool { latest.load(ordering: .acquiring) != version }

  /// What is to be closed now, and what was deleted since the last call.
  func take() -> Order {
    order.withLock { order in
      defer { order.deleted = [] }
      return order
    }
  }

  /// Answers that these topics are closed, and nothing is under way to them. An answer to an old order is dropped.
  func answer(_ topics: Set<String>, to version: UInt64) {
    order.withLock { order in
      guard order.version == version, order.answer == nil else { return }
      order.topics.formIntersection(topics)
      order.answer = order.topics
    }
  }
}
