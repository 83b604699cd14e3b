/// What this router publishes.
extension JobIndex {
  /// A message about one job.
  package struct ShareMessage: Sendable {
    package var place: Int32
    package var key: String
    /// `nil`: there is nothing any more under this key.
    package var value: [UInt8]?
  }

  /// Takes shares that are to be published: urgent ones, and so many others.
  package func takeUnpublished(limit: Int) -> [ShareMessage] {
    let taken = edit { ledger in
      ledger.takeUnpublished(limit: limit).compactMap { place -> (place: Int32, share: JobShare)? in
        guard let own = ledger.ownShare(at: place) else { return nil }
        return (place, own)
      }
    }
    // Readers need not wait while they are written.
    return taken.map { ShareMessage(place: $0, key: $1.messageKey, value: $1.message(valueNames: valueNames)) }
  }
}

extension JobLedger {
  /// Urgent shares that are taken at a time. More wait for the next time: messages about ten thousand jobs that begin at
  /// once would occupy memory that is never needed again.
  private static let urgentPortion = 500

  /// Whether there are shares to be published.
  package var hasUnpublished: Bool { !urgent.isEmpty || !unpublished.isEmpty }

  /// Takes the places whose share is to be published: urgent ones, and so many others, each once.
  package mutating func takeUnpublished(limit: Int) -> [Int32] {
    var taken: [Int32] = []
    func take(_ place: Int32) {
      // It may have been forgotten, or been taken as an urgent one.
      guard self[place]?.isUnpublished == true else { return }
      taken.append(place)
      edit(place) { $0.isUnpublished = false }
    }
    let urgentCount = min(Self.urgentPortion, urgent.count)
    for place in urgent[..<urgentCount] { take(place) }
    urgent.removeFirst(urgentCount)
    let count = min(limit, unpublished.count)
    for place in unpublished[..<count] { take(place) }
    unpublished.removeFirst(count)
    return taken
  }

  /// This router's share of a job.
  fileprivate func ownShare(at place: Int32) -> JobShare? {
    self[place]?.shares.first { $0.instance == instance }
  }

  /// Has all of this router's shares published, those that have not changed included.
  package mutating func publishAll() {
    for place in entries.indices where entries[place]?.shares.contains(where: { $0.instance == instance }) == true {
      publish(Int32(place), isUrgent: false)
    }
  }

  /// A share was taken, but could not be published.
  package mutating func publishAgain(_ place: Int32) { publish(place, isUrgent: false) }
}
