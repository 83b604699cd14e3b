internal import Glibc

/// An open regular file that belongs to whom it should, has one name, and was not reached through a link.
///
/// Closed in `deinit`.
final class OutputFile {
  let descriptor: Int32
  let path: String
  let length: Int64
  let inode: UInt64

  private init(_ descriptor: Int32, _ path: String, _ status: stat) {
    self.descriptor = descriptor
    self.path = path
    length = Int64(status.st_size)
    inode = UInt64(status.st_ino)
  }

  deinit { close(descriptor) }

  /// What is at a name.
  enum Found {
    case file(OutputFile)
    case nothing
    /// A link, a file with a second name, somebody else's, or no file at all. In words.
    case foreign(String)
  }

  /// With O_NONBLOCK a FIFO that somebody put there does not block.
  private static let flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC

  /// Opens what is there.
  ///
  /// - Parameter owner: whose it has to be; `nil` for this process's own account.
  static func open(_ name: String, in directory: Directory, owner: FileOwner?) throws(ExportError) -> Found {
    let path = "\(directory.path)/\(name)"
    let file = openat(directory.descriptor, name, flags)
    guard file >= 0 else {
      switch errno {
      case ENOENT: return .nothing
      case ELOOP: return .foreign("it is a symbolic link")
      case EISDIR, ENXIO, ENODEV: return .foreign("it is not a file")
      case EACCES, EPERM: return .foreign("it is somebody else's")
      default: throw Directory.failure("open", path)
      }
    }
    let (output, status) = try opened(file, path)
    guard status.st_mode & S_IFMT == S_IFREG else { return .foreign("it is not a file") }
    guard status.st_nlink == 1 else { return .foreign("it has a second name") }
    let user = owner?.user ?? geteuid()
    if status.st_uid != user {
      // Made by root, and the process ended before it could be given away.
      guard let owner, status.st_uid == geteuid(), status.st_size == 0 else { return .foreign("it is somebody else's") }
      try output.give(to: owner)
    }
    return .file(output)
  }

  /// Makes a new one; `nil` where something is there.
  static func make(_ name: String, in directory: Directory, owner: FileOwner?) throws(ExportError) -> OutputFile? {
    let path = "\(directory.path)/\(name)"
    let file = openat(directory.descriptor, name, flags | O_CREAT | O_EXCL, mode_t(0o600))
    guard file >= 0 else {
      if errno == EEXIST { return nil }
      throw Directory.failure("create", path)
    }
    let output = try opened(file, path).output
    if let owner { try output.give(to: owner) }
    return output
  }

  /// Takes over an open file, and looks at it.
  private static func opened(_ file: Int32, _ path: String) throws(ExportError) -> (output: OutputFile, status: stat) {
    var status = stat()
    guard fstat(file, &status) == 0 else {
      let error = Directory.failure("look at", path)
      close(file)
      throw error
    }
    return (OutputFile(file, path, status), status)
  }

  private func give(to owner: FileOwner) throws(ExportError) {
    guard fchown(descriptor, owner.user, owner.group) == 0 else {
      throw Directory.failure("change the owner of", path)
    }
  }

  /// Writes all bytes at a place, so that doing it again after a failure changes nothing.
  func write(_ bytes: [UInt8], at offset: Int64) throws(ExportError) {
    var done = 0
    while done < bytes.count {
      let (position, rest) = (done, bytes.count - done)
      let count = bytes.withUnsafeBytes {
        pwrite(descriptor, $0.baseAddress.map { $0 + position }, rest, off_t(offset) + off_t(position))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Directory.failure("write", path) }
      done += count
    }
  }

  /// All of its bytes.
  func read() throws(ExportError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(length))
    var count = 0
    while count < bytes.count {
      let (position, rest) = (count, bytes.count - count)
      let read = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + position }, rest, off_t(position))
      }
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else { throw Directory.failure("read", path) }
      guard read > 0 else { break }
      count += read
    }
    return Array(bytes[..<count])
  }

  /// Cuts off what is behind a length.
  func cut(to length: Int64) throws(ExportError) {
    guard ftruncate(descriptor, off_t(length)) == 0 else { throw Directory.failure("cut", path) }
  }

  /// Writes to the disk what it holds.
  func synchronize() throws(ExportError) {
    guard fdatasync(descriptor) == 0 else { throw Directory.failure("write", path) }
  }
}
