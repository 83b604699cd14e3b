/// Whose jobs are, for rows that only their job's number leads to a user.
extension JobIndexService {
  private static let ownersMilliseconds: Int64 = 500

  /// Tells the routing thread whose jobs are, if it asked. Not before everything has been read that was known when the router
  /// started: until then, a job that is missing here need not be an unknown one, and its rows wait.
  func publishOwnersIfDue(_ now: Int64) {
    // Rows of the router's own may be all that says whose a job is. The first handover may be an old one; the second has
    // been asked for after it.
    if !knowsOwners, hasReadKnown, handoversSinceReading > 1 {
      knowsOwners = true
      feed.trouble = nil
    }
    guard knowsOwners, feed.wantsOwners, now - lastOwners >= Self.ownersMilliseconds else { return }
    lastOwners = now
    feed.publish(index.edit { $0.owners() })
  }

  /// Whether the index's topic and Slurm's messages have been read up to where they ended. A topic that does not exist has
  /// none.
  var hasReadKnown: Bool {
    index.isComplete
      && settings.jobMessages.allSatisfy { messages[$0]?.isComplete == true || missingMessages.contains($0) }
  }

  /// Whether rows wait for no more than what the router has counted itself.
  var isAboutToKnowOwners: Bool { !knowsOwners && hasReadKnown }
}
