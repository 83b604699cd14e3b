/// Whose jobs are, for rows that only their job's number leads to a user.
extension JobIndexService {
  private static let ownersMilliseconds: Int64 = 500

  /// Tells the routing thread whose jobs are, if it asked. Not before everything has been read that was known when the router
  /// started: until then, a job that is missing here need not be an unknown one, and its rows wait.
  func publishOwnersIfDue(_ now: Int64) {
    if !knowsOwners, index.isComplete, haveReadMessages {
      knowsOwners = true
      feed.trouble = nil
    }
    guard knowsOwners, feed.wantsOwners, now - lastOwners >= Self.ownersMilliseconds else { return }
    lastOwners = now
    feed.publish(index.edit { $0.owners() })
  }

  /// Whether Slurm's messages have been read up to where their topics ended. One that does not exist has none.
  private var haveReadMessages: Bool {
    settings.jobMessages.allSatisfy { messages[$0]?.isComplete == true || missingMessages.contains($0) }
  }
}
