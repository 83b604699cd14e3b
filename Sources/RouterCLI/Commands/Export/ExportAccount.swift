internal import Exporting
internal import Glibc
internal import Naming

/// Finds the account that gets a user's files.
enum ExportAccount {
  /// `nil` where this process cannot give files away, or the system's user database does not know the user.
  static func find(_ user: Name) -> ExportDirectory.Account? {
    guard geteuid() == 0, !user.bytes.isEmpty, !user.bytes.contains(0) else { return nil }
    let name = user.bytes.map { CChar(bitPattern: $0) } + [0]
    var size = 4096
    while size <= 1 << 20 {
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      var buffer = [CChar](repeating: 0, count: size)
      switch getpwnam_r(name, &entry, &buffer, size, &found) {
      case 0: return found == nil ? nil : ExportDirectory.Account(user: entry.pw_uid, group: entry.pw_gid)
      case ERANGE: size *= 4
      case EINTR: continue
      default: return nil
      }
    }
    return nil
  }
}
