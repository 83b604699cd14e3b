/// Hands values from one thread to another that waits for them.
package final class Mailbox<Letter: Sendable>: Sendable {
  private struct Contents {
    var letters: [Letter] = []
    var isClosed = false
  }

  private let contents = Condition(Contents())

  /// An empty box.
  package init() {}

  /// Adds a letter; a closed box drops it.
  package func put(_ letter: Letter) {
    contents.withLock(signal: true) { if !$0.isClosed { $0.letters.append(letter) } }
  }

  /// Takes everything that is there, without waiting.
  package func takeAll() -> [Letter] {
    contents.withLock { contents in
      guard !contents.letters.isEmpty else { return [] }
      defer { contents.letters.removeAll(keepingCapacity: true) }
      return contents.letters
    }
  }

  /// Waits for letters and takes up to `limit` of them.
  ///
  /// - Parameter milliseconds: the longest wait; `nil` for no limit.
  /// - Returns: none where none came in time, and `nil` when the box was closed.
  package func wait(limit: Int, milliseconds: Int64? = nil) -> [Letter]? {
    contents.wait(
      milliseconds: milliseconds, until: { $0.isClosed || !$0.letters.isEmpty },
      then: { contents in
        guard !contents.isClosed else { return nil }
        let taken = Array(contents.letters.prefix(limit))
        contents.letters.removeFirst(taken.count)
        return taken
      })
  }

  /// Ends all waiting; what is still in the box is dropped.
  package func close() {
    contents.withLock(signal: true) { contents in
      contents.isClosed = true
      contents.letters.removeAll()
    }
  }
}
