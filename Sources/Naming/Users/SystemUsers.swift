internal import Glibc

/// Asks the system's user database (NSS) which users exist, and remembers the answers for a while.
///
/// A look-up may go over a network and block: one thread owns it, which holds up no row.
package struct SystemUsers {
  private struct Answer {
    var exists: Bool
    var until: Int64
  }

  /// How long a user counts as one that exists, and as one that does not, in milliseconds.
  static let knownMilliseconds: Int64 = 600_000
  package static let unknownMilliseconds: Int64 = 60_000
  /// How many answers are remembered.
  private static let limit = 20_000

  private let ask: (Name) -> Bool?
  private var answers: [Name: Answer] = [:]

  /// - Parameter ask: another way to look a user up.
  package init(_ ask: @escaping (Name) -> Bool? = SystemUsers.lookUp) {
    self.ask = ask
  }

  /// Whether a user exists; `nil` where the database does not answer now.
  package mutating func has(_ user: Name, now: Int64) -> Bool? {
    if let known = answers[user], now < known.until { return known.exists }
    guard let exists = ask(user) else { return nil }
    if answers.count >= Self.limit { answers = answers.filter { now < $0.value.until } }
    if answers.count < Self.limit {
      let time = exists ? Self.knownMilliseconds : Self.unknownMilliseconds
      answers[user] = Answer(exists: exists, until: now + time)
    }
    return exists
  }

  /// Why the rows of a user that does not exist are dead letters.
  package static func refusal(of user: Name) -> Refusal {
    Refusal(.unknownUser, "the system's user database has no user `\(user)` (identity.users: system)")
  }

  /// What the database says of a user.
  package enum Entry: Sendable, Equatable {
    /// The numbers of the user and of its group.
    case account(user: UInt32, group: UInt32)
    case missing
    /// The database does not answer now.
    case unanswered
  }

  /// Looks a user up; `nil` where the database does not answer.
  package static func lookUp(_ user: Name) -> Bool? {
    switch entry(of: user) {
    case .account: true
    case .missing: false
    case .unanswered: nil
    }
  }

  /// Looks up the account of a user.
  package static func entry(of user: Name) -> Entry {
    guard !user.bytes.isEmpty, !user.bytes.contains(0) else { return .missing }
    let name = user.bytes.map { CChar(bitPattern: $0) } + [0]
    var size = 4096
    while size <= 1 << 20 {
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      var buffer = [CChar](repeating: 0, count: size)
      let code = getpwnam_r(name, &entry, &buffer, size, &found)
      switch code {
      case 0: return found == nil ? .missing : .account(user: entry.pw_uid, group: entry.pw_gid)
      case ENOENT, ESRCH: return .missing
      case ERANGE: size *= 4
      case EINTR: continue
      default: return .unanswered
      }
    }
    return .unanswered
  }
}
