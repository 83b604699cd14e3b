/// A change of a job's state, with its number among all of this router.
public struct NumberedJobChange: Sendable, Equatable {
  /// The number of the change, larger than that of every earlier change.
  public var number: UInt64
  /// The job that changed.
  public var key: JobKey
  /// What became of it.
  public var change: JobChange
  /// Whether the job was not known before.
  public var isStart: Bool
}

/// The last changes of all jobs.
package struct JobChangeLog: Sendable {
  private var changes: [NumberedJobChange] = []
  private var next: UInt64 = 1
  private static let limit = 1000

  package mutating func append(_ key: JobKey, _ change: JobChange, isStart: Bool) {
    changes.append(NumberedJobChange(number: next, key: key, change: change, isStart: isStart))
    next += 1
    // Many at a time: each takes all the others along.
    if changes.count >= Self.limit * 2 { changes.removeFirst(changes.count - Self.limit) }
  }

  /// The number of the last change; 0 before the first.
  package var last: UInt64 { next - 1 }

  /// The changes with a larger number than this, and whether none of them is forgotten.
  package func after(_ number: UInt64) -> (changes: [NumberedJobChange], isComplete: Bool) {
    // A number of an earlier run of the router.
    guard number < next else { return (changes, false) }
    let first = changes.first?.number ?? next
    return (changes.filter { $0.number > number }, number + 1 >= first)
  }
}
