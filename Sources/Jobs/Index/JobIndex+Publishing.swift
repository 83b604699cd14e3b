/// The shares that this router publishes.
extension JobIndex {
  /// A message of the job index about one job.
  package struct ShareMessage: Sendable {
    package var place: Int32
    package var key: String
    /// The share; `nil` removes the key.
    package var value: [UInt8]?
  }

  /// Takes shares to publish: urgent ones, and at most `limit` others.
  package func takeUnpublished(limit: Int) -> [ShareMessage] {
    let taken = edit { ledger in
      ledger.takeUnpublished(limit: limit).compactMap { place -> (place: Int32, share: JobShare)? in
        guard let own = ledger.ownShare(at: place) else { return nil }
        return (place, own)
      }
    }
    // Outside the lock, so that readers need not wait.
    return taken.map { ShareMessage(place: $0, key: $1.messageKey, value: $1.message(valueNames: valueNames)) }
  }
}

extension JobLedger {
  /// Whether there are shares to publish.
  package var hasUnpublished: Bool { !publications.isEmpty }

  /// Takes the places whose share has to be published: urgent ones, and at most `limit` others, each once.
  package mutating func takeUnpublished(limit: Int) -> [Int32] {
    publications.take(limit: limit).filter { place in
      // A job may be gone, or be in the queue twice.
      guard self[place]?.isUnpublished == true else { return false }
      edit(place) { $0.isUnpublished = false }
      return true
    }
  }

  /// This router's share of a job.
  fileprivate func ownShare(at place: Int32) -> JobShare? {
    self[place]?.shares.first { $0.instance == instance }
  }

  /// Queues all of this router's shares for publication, including unchanged ones.
  package mutating func publishAll() {
    for place in entries.indices where entries[place]?.shares.contains(where: { $0.instance == instance }) == true {
      publish(Int32(place), isUrgent: false)
    }
  }

  /// Queues a share again that could not be published.
  package mutating func publishAgain(_ place: Int32) { publish(place, isUrgent: false) }
}
