internal import Logging
internal import Naming
internal import Runtime

/// Rows of authorities, on their way from the routing thread into the index.
extension JobIndexService {
  /// Jobs in one go: readers wait meanwhile.
  private static let ownerPortion = 500
  /// So long users are looked up in one step; the user database may be slow.
  private static let lookUpMilliseconds: Int64 = 200
  /// How often users are looked up again whom nobody knew.
  private static let retryNamesMilliseconds: Int64 = 1000
  /// Rows that wait for the name of their user.
  private static let unnamedLimit = 20000

  /// Takes in the rows of authorities that have come.
  package func takeOwnerRows(_ now: Int64) {
    var rows = feed.takeOwnerRows().map { (row: $0, number: receipts.next()) }
    if !unnamedRows.isEmpty, now >= nextNames {
      rows = unnamedRows + rows
      unnamedRows = []
      nextNames = now + Self.retryNamesMilliseconds
    }
    guard !rows.isEmpty else { return }
    var named: [(row: OwnerRow, number: UInt64, user: Name)] = []
    for (row, number) in rows {
      switch row.user {
      case .name(let name): named.append((row, number, name))
      case .number(let user):
        let time = MonotonicClock.milliseconds()
        guard time - now < Self.lookUpMilliseconds else {
          nextNames = .min
          receipts.hold(number)
          keepUnnamed(row, number)
          continue
        }
        switch userNumbers.name(of: user, now: time) {
        case .name(let name): named.append((row, number, name))
        case .unknown:
          // Nobody has the job, as far as anybody can say.
          keepUnnamed(row, number)
          receipts.drop(number)
          reportUnnamed(user, row)
        case .unavailable:
          receipts.hold(number)
          keepUnnamed(row, number)
          reportUnnamed(user, row)
        }
      }
    }
    for start in stride(from: 0, to: named.count, by: Self.ownerPortion) {
      let portion = named[start..<min(start + Self.ownerPortion, named.count)]
      let places = index.edit { ledger in portion.map { ledger.add($0.row, of: $0.user) } }
      for (row, place) in zip(portion, places) {
        if let place { receipts.note(row.number, of: place) } else { receipts.drop(row.number) }
      }
    }
  }

  private func keepUnnamed(_ row: OwnerRow, _ number: UInt64) {
    guard unnamedRows.count < Self.unnamedLimit else { return receipts.drop(number) }
    unnamedRows.append((row, number))
  }

  /// Tells the routing thread which claims are stored, so that it may commit the offsets of their rows.
  package func noteStoredClaims() { feed.noteStored(ownerRows: receipts.stored) }

  private func reportUnnamed(_ number: UInt32, _ row: OwnerRow) {
    let source = settings.userNumbers.description
    logOnce(
      "user number \(source)",
      "\(source) has no user with the number of a job's owner; the rows of such jobs have no owner (identity.user-ids)",
      [.user: String(number), .job: String(row.job), .error: userNumbers.trouble ?? "none"])
  }
}
