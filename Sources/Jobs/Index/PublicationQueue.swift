/// The jobs whose share this router has to publish, by their places in the index. A place may be in the queue twice.
struct PublicationQueue: Sendable {
  private var urgent: [Int32] = []
  private var others: [Int32] = []

  /// How many urgent places are taken at a time: messages about ten thousand jobs that start at once would occupy memory that is
  /// never needed again.
  private static let urgentPortion = 500

  /// Whether no share waits to be published.
  var isEmpty: Bool { urgent.isEmpty && others.isEmpty }

  /// Adds a place.
  mutating func add(_ place: Int32, isUrgent: Bool) {
    if isUrgent { urgent.append(place) } else { others.append(place) }
  }

  /// Takes urgent places, and at most `limit` others.
  mutating func take(limit: Int) -> [Int32] {
    let (urgentCount, count) = (min(Self.urgentPortion, urgent.count), min(limit, others.count))
    let taken = Array(urgent[..<urgentCount]) + others[..<count]
    urgent.removeFirst(urgentCount)
    others.removeFirst(count)
    return taken
  }
}
