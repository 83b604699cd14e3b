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
  func takeOwnerRows(_ now: Int64) {
    var rows = feed.takeOwnerRows()
    if !unnamedRows.isEmpty, now >= nextNames {
      rows = unnamedRows + rows
      unnamedRows = []
      nextNames = now + Self.retryNamesMilliseconds
    }
    guard !rows.isEmpty else { return }
    var named: [(row: OwnerRow, user: Name)] = []
    for row in rows {
      switch row.user {
      case .name(let name): named.append((row, name))
      case .number(let number):
        let time = MonotonicClock.milliseconds()
        guard time - now < Self.lookUpMilliseconds else {
          nextNames = .min
          keepUnnamed(row)
          continue
        }
        switch userNumbers.name(of: number, now: time) {
        case .name(let name): named.append((row, name))
        case .unknown, .unavailable:
          keepUnnamed(row)
          reportUnnamed(number, row)
        }
      }
    }
    for start in stride(from: 0, to: named.count, by: Self.ownerPortion) {
      index.edit { ledger in
        for (row, user) in named[start..<min(start + Self.ownerPortion, named.count)] { ledger.add(row, of: user) }
      }
    }
  }

  private func keepUnnamed(_ row: OwnerRow) {
    guard unnamedRows.count < Self.unnamedLimit else { return }
    unnamedRows.append(row)
  }

  private func reportUnnamed(_ number: UInt32, _ row: OwnerRow) {
    let source = settings.userNumbers.description
    logOnce(
      "user number \(source)",
      "\(source) has no user with the number of a job's owner; the rows of such jobs have no owner (identity.user-ids)",
      [.user: String(number), .job: String(row.job), .error: userNumbers.trouble ?? "none"])
  }
}
