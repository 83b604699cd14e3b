internal import Glibc

/// An open directory below which everything is reached: one component at a time, never through a symbolic link.
///
/// The descriptor is closed in `deinit`.
final class Directory {
  let descriptor: Int32
  let path: String

  private init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// For a child this one stays open.
  private static let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC

  /// Opens the directory that the command line names; that path may have links: whoever started the command chose it.
  static func open(root path: String) throws(ExportError) -> Directory {
    let descriptor = Glibc.open(path, flags)
    guard descriptor >= 0 else { throw failure("open", path) }
    return Directory(descriptor, path)
  }

  /// Opens a directory in this one; `nil` where there is none.
  func existing(_ name: String) throws(ExportError) -> Directory? {
    let child = openat(descriptor, name, Self.flags | O_NOFOLLOW)
    guard child >= 0 else {
      if errno == ENOENT { return nil }
      throw Self.failure("open", "\(path)/\(name)")
    }
    return Directory(child, "\(path)/\(name)")
  }

  /// Makes a directory in this one; nothing where there is one.
  func make(_ name: String) throws(ExportError) {
    guard mkdirat(descriptor, name, 0o700) == 0 || errno == EEXIST else {
      throw Self.failure("create", "\(path)/\(name)")
    }
  }

  /// What is known of it.
  func status() throws(ExportError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure("look at", path) }
    return status
  }

  /// Gives it to somebody.
  func give(to owner: FileOwner) throws(ExportError) {
    guard fchown(descriptor, owner.user, owner.group) == 0 else { throw Self.failure("change the owner of", path) }
  }

  /// Writes to the disk which names it has.
  func synchronize() throws(ExportError) {
    guard fsync(descriptor) == 0 else { throw Self.failure("write", path) }
  }

  /// What `errno` says.
  static func failure(_ action: String, _ path: String) -> ExportError {
    let code = errno
    let reason =
      switch code {
      case ELOOP: "it is a symbolic link"
      case ENOTDIR: "it is no directory, or a symbolic link"
      default: String(cString: strerror(code))
      }
    return ExportError(code == ENOSPC || code == EDQUOT ? .full : .refused, "cannot \(action) \(path): \(reason)")
  }
}

/// The account that gets files and folders.
struct FileOwner: Hashable {
  let user: uid_t
  let group: gid_t
}
