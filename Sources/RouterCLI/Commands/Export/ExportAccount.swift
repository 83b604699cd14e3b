internal import Exporting
internal import Glibc
internal import Naming

/// Finds the account that gets a user's files.
enum ExportAccount {
  /// `nil` where this process cannot give files away, or the user has no account.
  ///
  /// A database that does not answer is no answer: files that root kept could not become the user's later.
  static func find(_ user: Name) throws(ExportError) -> ExportDirectory.Account? {
    guard geteuid() == 0 else { return nil }
    switch SystemUsers.entry(of: user) {
    case .account(let number, let group): return ExportDirectory.Account(user: number, group: group)
    case .missing: return nil
    case .unanswered:
      throw ExportError(.refused, "the system's user database does not answer about user \(user)")
    }
  }
}
