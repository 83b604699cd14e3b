internal import Runtime

/// Whose jobs are, for rows that only their job's number leads to a user.
extension JobIndexService {
  private static let ownersMilliseconds: Int64 = 500

  /// Tells the routing thread whose jobs are, if it asked. Not before everything has been read that was known when the router
  /// started: until then, a job that is missing here need not be an unknown one, and its rows wait.
  package func publishOwnersIfDue(_ now: Int64) {
    // Rows of the router's own may be all that says whose a job is. The first handover may be an old one; the second has
    // been asked for after it.
    if !knowsOwners, hasReadKnown, handoversSinceReading > 1 {
      knowsOwners = true
      feed.trouble = nil
    }
    guard knowsOwners, feed.wantsOwners, now - lastOwners >= Self.ownersMilliseconds else { return }
    lastOwners = now
    while index.edit({ ledger in
      ledger.settleClaims(limit: Self.ownersPortion)
      return ledger.hasNewClaims
    }) {}
    var owners = index.edit { $0.ownersTable }
    // What has been read matters to few rows, and each set of owners is looked at by all.
    let asksByNode = settings.rules.owners.asksByNode
    let isReadingDue = now - lastReadings >= (asksByNode ? Self.ownersMilliseconds : Self.readingsMilliseconds)
    guard owners.edition != publishedEdition || feed.version == 0 || isReadingDue && (asksByNode || isReadingNews)
    else { return }
    if owners.edition != publishedEdition { lastNews = now }
    (publishedEdition, lastReadings) = (owners.edition, now)
    owners.messagesRead = messagesRead
    owners.rowsBehind = index.readRouters { $0.ownersBehind() }
    owners.taken = WallClock.milliseconds()
    feed.publish(owners)
  }

  /// Jobs in one go: readers wait meanwhile.
  private static let ownersPortion = 500
  /// How often it is told how far sources have been read, where nothing else is new.
  private static let readingsMilliseconds: Int64 = 2000
  /// So long after the last news rows may wait for what sources say next.
  private static let newsMilliseconds: Int64 = 120_000

  private var isReadingNews: Bool {
    lastOwners - lastNews < Self.newsMilliseconds || index.readRouters { $0.ownersBehind() } != nil
  }

  /// Up to when Slurm's messages have been read; `nil` where that is not known.
  private var messagesRead: Int64? {
    let topics = settings.messages.filter { !missingMessages.contains($0) }
    let read = topics.compactMap { messages[$0]?.readUpTo }
    return read.count == topics.count ? read.min() : nil
  }

  /// Whether the index's topic and Slurm's messages have been read up to where they ended. A topic that does not exist has
  /// none.
  package var hasReadKnown: Bool {
    index.isComplete
      && settings.messages.allSatisfy { messages[$0]?.isComplete == true || missingMessages.contains($0) }
  }

  /// Whether rows wait for no more than what the router has counted itself.
  package var isAboutToKnowOwners: Bool { !knowsOwners && hasReadKnown }
}
