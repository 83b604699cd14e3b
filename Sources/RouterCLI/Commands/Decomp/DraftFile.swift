import Decomp
import Glibc

/// The files that `router decomp` reads and writes.
enum DraftFile {
  /// The maximum number of bytes to read: a thousand nodes of ldms_ls, or more rows than are used.
  static let largestSize = 64 << 20

  /// The bytes of a file, or of standard input for `-`; of a longer one, the beginning up to the end of a line.
  static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
    let name = path == "-" ? "standard input" : PrintableText.escaped(path)
    guard path != "-" else { return try read(STDIN_FILENO, name) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw CommandFailure(
        .inputMissing, "\(name): cannot open: \(words(errno))", hint: "Check the name and the permissions of the file.")
    }
    defer { close(descriptor) }
    return try read(descriptor, name)
  }

  private static func read(_ descriptor: Int32, _ name: String) throws(CommandFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < largestSize {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw CommandFailure(
          .inputMissing, "\(name): cannot read: \(words(errno))",
          hint: "Name a file with rows or with the output of ldms_ls.")
      }
      bytes.append(contentsOf: chunk[..<count])
    }
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    return Array(bytes[..<end])
  }

  /// Writes a file, whole or not at all: what an aggregator reads is never half a decomposition.
  static func write(_ text: String, to path: String) throws(CommandFailure) {
    var status = stat()
    let exists = stat(path, &status) == 0
    // A pipe or a terminal cannot be replaced.
    if exists, status.st_mode & S_IFMT != S_IFREG {
      return try write(text, to: path, for: path, flags: O_WRONLY | O_CLOEXEC)
    }
    let target = exists ? resolved(path) : path
    let draft = "\(target).\(getpid())"
    do throws(CommandFailure) {
      try write(text, to: draft, for: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
      if exists { chmod(draft, status.st_mode & 0o777) }
      guard rename(draft, target) == 0 else { throw failure(path) }
    } catch {
      unlink(draft)
      throw error
    }
  }

  /// - Parameter name: what messages call the file.
  private static func write(
    _ text: String, to path: String, for name: String, flags: Int32
  ) throws(CommandFailure) {
    let descriptor = open(path, flags, 0o644)
    guard descriptor >= 0 else { throw failure(name) }
    defer { close(descriptor) }
    let output = Output(descriptor: descriptor, name: PrintableText.escaped(name), terminal: .none)
    try output.write(text)
    try output.flush()
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw failure(name) }
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure(
      .writeFailed, "\(PrintableText.escaped(path)): cannot write: \(words(errno))",
      hint: "Check the directory and its permissions, or write to standard output without --output.")
  }

  /// The file behind symbolic links.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
