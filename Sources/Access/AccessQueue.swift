package import Kafka
package import Naming

/// Users who are to be granted their permissions, and when: a state machine without I/O.
///
/// A user is asked for at once. What may pass is retried each second, what was refused each minute: by then somebody
/// may have given the router the right.
package struct AccessQueue {
  /// The maximum number of users in one request.
  package static let batchLimit = 100
  package static let pauseMilliseconds: Int64 = 1000
  package static let refusalMilliseconds: Int64 = 60000

  private var waiting: [Name] = []
  private var refused: [Name] = []
  private var granted = 0
  /// The time before which no user without an answer is retried.
  private var notBefore: Int64 = 0
  /// The time before which no rejected user is retried.
  private var refusedNotBefore: Int64 = 0

  package var totals: AccessTotals {
    var totals = AccessTotals()
    (totals.granted, totals.refused, totals.waiting) = (granted, refused.count, waiting.count)
    return totals
  }

  /// - Parameter users: none who was added before.
  package mutating func add(_ users: [Name]) {
    waiting += users
  }

  /// How long there is nothing to do; `nil` until somebody is added.
  package func pause(now: Int64) -> Int64? {
    let due = (waiting.isEmpty ? [] : [notBefore]) + (refused.isEmpty ? [] : [refusedNotBefore])
    return due.min().map { max($0 - now, 0) }
  }

  /// Whom to ask about at this moment; `answered` has to follow. Nobody where nobody is due.
  package mutating func take(now: Int64) -> [Name] {
    if !waiting.isEmpty, now >= notBefore { return Self.take(from: &waiting) }
    if !refused.isEmpty, now >= refusedNotBefore { return Self.take(from: &refused) }
    return []
  }

  private static func take(from users: inout [Name]) -> [Name] {
    let batch = Array(users.prefix(batchLimit))
    users.removeFirst(batch.count)
    return batch
  }

  /// What became of those who were taken.
  ///
  /// - Parameter errors: of those who were not granted their permissions.
  package mutating func answered(_ batch: [Name], errors: [Name: KafkaError], now: Int64) {
    (notBefore, refusedNotBefore) = (min(notBefore, now), min(refusedNotBefore, now))
    for user in batch {
      guard let error = errors[user] else {
        granted += 1
        continue
      }
      if error.remedy == .retry {
        waiting.append(user)
        notBefore = now + Self.pauseMilliseconds
      } else {
        refused.append(user)
        refusedNotBefore = now + Self.refusalMilliseconds
      }
    }
  }
}
