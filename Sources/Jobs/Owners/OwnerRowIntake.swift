internal import Naming
internal import Runtime

/// The intake of rows of authorities (`identity.owners`): it finds the names of their users, and remembers which claims are
/// stored.
struct OwnerRowIntake {
  /// A row, and its number among all that were handed over.
  private typealias Numbered = (row: OwnerRow, number: UInt64)

  /// The number of jobs in one go, because readers wait in the meantime.
  private static let portion = 500
  /// How long one step may look up users, in milliseconds; the user database may be slow.
  private static let lookUpMilliseconds: Int64 = 200
  /// How often users are looked up again whom nobody knew.
  private static let retryMilliseconds: Int64 = 1000
  /// Rows that wait for the name of their user.
  private static let unnamedLimit = 20000

  private var users: UserNumbers
  /// Rows whose user's name is not known yet.
  private var unnamed: [Numbered] = []
  /// When it is looked up again, by the monotonic clock.
  private var nextNames: Int64 = .min
  /// The receipts of stored claims.
  var receipts = ClaimReceipts()

  init(_ source: UserNumbers.Source) {
    users = UserNumbers(source)
  }

  /// Takes in rows that have come.
  ///
  /// - Parameter nameless: takes the number of a user for which there is no name, and the row.
  mutating func take(
    _ come: [OwnerRow], into index: JobIndex, now: Int64,
    nameless: (_ user: UInt32, OwnerRow, _ trouble: String?) -> Void
  ) {
    var rows: [Numbered] = come.map { (row: $0, number: receipts.next()) }
    if !unnamed.isEmpty, now >= nextNames {
      rows = unnamed + rows
      unnamed = []
      nextNames = now + Self.retryMilliseconds
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
          keep(row, number)
          continue
        }
        switch users.name(of: user, now: time) {
        case .name(let name): named.append((row, number, name))
        case .unknown:
          // Nobody has the job, as far as anybody can say.
          keep(row, number)
          receipts.drop(number)
          nameless(user, row, users.trouble)
        case .unavailable:
          receipts.hold(number)
          keep(row, number)
          nameless(user, row, users.trouble)
        }
      }
    }
    for start in stride(from: 0, to: named.count, by: Self.portion) {
      let portion = named[start..<min(start + Self.portion, named.count)]
      let places = index.edit { ledger in portion.map { ledger.add($0.row, of: $0.user) } }
      for (row, place) in zip(portion, places) {
        if let place { receipts.note(row.number, of: place) } else { receipts.drop(row.number) }
      }
    }
  }

  private mutating func keep(_ row: OwnerRow, _ number: UInt64) {
    guard unnamed.count < Self.unnamedLimit else { return receipts.drop(number) }
    unnamed.append((row, number))
  }
}
